import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { RadioWidget } from 'openmv-rx/widgets';
import { uniqueId } from '../unique-id';
import { fullName } from '../widget-names';

/** A choice from buttons. */
@Component({
  selector: 'omv-radio',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <fieldset>
      <legend>{{ name() }}</legend>
      @for (option of widget().options; track $index) {
        <label>
          <input
            type="radio"
            [name]="group"
            [value]="option"
            [checked]="option === widget().value"
            (change)="changed.emit(option)"
          />
          {{ option }}
        </label>
      }
    </fieldset>
  `,
})
export class Radio {
  readonly widget = input.required<RadioWidget>();
  readonly changed = output<string>();
  protected readonly group = uniqueId();
  protected readonly name = computed(() => fullName(this.widget()));
}
