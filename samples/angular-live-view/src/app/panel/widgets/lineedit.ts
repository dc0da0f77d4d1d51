import { ChangeDetectionStrategy, Component, computed, input, output, signal } from '@angular/core';
import type { LineeditWidget } from 'openmv-rx/widgets';
import { uniqueId } from '../unique-id';
import { fullName } from '../widget-names';
import { heldWhileEditing } from './held-while-editing';

/** A line of text, which is set by Enter or by leaving it. */
@Component({
  selector: 'omv-lineedit',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label [for]="id">{{ name() }}</label>
    <input
      #field
      type="text"
      autocomplete="off"
      [id]="id"
      [value]="text()"
      (input)="editing.set(true)"
      (change)="editing.set(false); changed.emit(field.value)"
      (blur)="editing.set(false)"
    />
  `,
})
export class Lineedit {
  readonly widget = input.required<LineeditWidget>();
  readonly changed = output<string>();
  protected readonly id = uniqueId();
  protected readonly name = computed(() => fullName(this.widget()));
  protected readonly editing = signal(false);
  protected readonly text = heldWhileEditing(() => this.widget().value, this.editing);
}
