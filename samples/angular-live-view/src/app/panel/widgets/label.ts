import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { LabelWidget } from 'openmv-rx/widgets';
import { shownNumber } from '../shown-number';
import { fullName } from '../widget-names';

/** A number that the camera tells, and to those who hear the page when they ask for it: it may change all the time. */
@Component({
  selector: 'omv-label',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<span class="name">{{ name() }}</span> <output aria-live="off">{{ text() }}</output>`,
})
export class Label {
  readonly widget = input.required<LabelWidget>();
  protected readonly name = computed(() => fullName(this.widget()));
  protected readonly text = computed(() => shownNumber(this.widget().value, this.widget().unit));
}
