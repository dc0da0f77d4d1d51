import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { ToggleWidget } from 'openmv-rx/widgets';
import { fullName } from '../widget-names';

/** A switch. */
@Component({
  selector: 'omv-toggle',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label>
      <input #box type="checkbox" role="switch" [checked]="widget().value" (change)="changed.emit(box.checked)" />
      {{ name() }}
    </label>
  `,
})
export class Toggle {
  readonly widget = input.required<ToggleWidget>();
  readonly changed = output<boolean>();
  protected readonly name = computed(() => fullName(this.widget()));
}
