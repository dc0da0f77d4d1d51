import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { SliderWidget } from 'openmv-rx/widgets';
import { shownNumber } from '../shown-number';
import { uniqueId } from '../unique-id';
import { fullName } from '../widget-names';

/** A number to be moved. One without limits goes from 0 to 100, and as far as its value. */
@Component({
  selector: 'omv-slider',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label [for]="id">{{ name() }}</label>
    <output aria-live="off" [for]="id">{{ text() }}</output>
    <input
      #range
      type="range"
      [id]="id"
      [min]="minimum()"
      [max]="maximum()"
      [step]="widget().step ?? 'any'"
      [value]="widget().value"
      [attr.aria-valuetext]="text()"
      (input)="changed.emit(range.valueAsNumber)"
    />
  `,
})
export class Slider {
  readonly widget = input.required<SliderWidget>();
  readonly changed = output<number>();
  protected readonly id = uniqueId();
  protected readonly name = computed(() => fullName(this.widget()));
  protected readonly text = computed(() => shownNumber(this.widget().value, this.widget().unit));
  protected readonly minimum = computed(() => this.widget().minimum ?? Math.min(0, this.widget().value));
  protected readonly maximum = computed(() => this.widget().maximum ?? Math.max(100, this.widget().value));
}
