import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { SelectWidget } from 'openmv-rx/widgets';
import { uniqueId } from '../unique-id';
import { fullName } from '../widget-names';

/** A choice from a list that opens. */
@Component({
  selector: 'omv-select',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label [for]="id">{{ name() }}</label>
    <select #list [id]="id" (change)="changed.emit(list.value)">
      @if (!widget().options.includes(widget().value)) {
        <option disabled selected [value]="widget().value">{{ widget().value || 'Choose…' }}</option>
      }
      @for (option of widget().options; track $index) {
        <option [value]="option" [selected]="option === widget().value">{{ option }}</option>
      }
    </select>
  `,
})
export class Select {
  readonly widget = input.required<SelectWidget>();
  readonly changed = output<string>();
  protected readonly id = uniqueId();
  protected readonly name = computed(() => fullName(this.widget()));
}
