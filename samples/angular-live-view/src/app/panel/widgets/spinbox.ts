import { ChangeDetectionStrategy, Component, computed, input, output, signal } from '@angular/core';
import type { SpinboxWidget } from 'openmv-rx/widgets';
import { uniqueId } from '../unique-id';
import { fullName } from '../widget-names';
import { heldWhileEditing } from './held-while-editing';

/** A number to be typed; whether it is one that the camera takes, the library says. */
@Component({
  selector: 'omv-spinbox',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label [for]="id">{{ name() }}</label>
    <span class="field">
      <input
        #field
        type="number"
        [id]="id"
        [min]="widget().minimum ?? ''"
        [max]="widget().maximum ?? ''"
        [step]="widget().step ?? 'any'"
        [value]="text()"
        [attr.aria-describedby]="widget().unit ? id + '-unit' : null"
        (input)="editing.set(true)"
        (change)="editing.set(false); changed.emit(field.valueAsNumber)"
        (blur)="editing.set(false)"
      />
      <span [id]="id + '-unit'">{{ widget().unit }}</span>
    </span>
  `,
})
export class Spinbox {
  readonly widget = input.required<SpinboxWidget>();
  readonly changed = output<number>();
  protected readonly id = uniqueId();
  protected readonly name = computed(() => fullName(this.widget()));
  protected readonly editing = signal(false);
  protected readonly text = heldWhileEditing(() => this.#typed(), this.editing);

  /** What was no number is shown as nothing, until the camera's value is back. */
  #typed(): string {
    const { value } = this.widget();
    return Number.isFinite(value) ? String(value) : '';
  }
}
