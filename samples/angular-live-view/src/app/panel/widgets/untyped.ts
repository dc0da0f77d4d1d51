import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { UntypedWidget } from 'openmv-rx/widgets';
import { shownNumber } from '../shown-number';
import { fullName } from '../widget-names';

/** An entry that says what it holds, and not how to show it. */
@Component({
  selector: 'omv-untyped',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<span class="name">{{ name() }}</span> <output aria-live="off">{{ text() }}</output>`,
})
export class Untyped {
  readonly widget = input.required<UntypedWidget>();
  protected readonly name = computed(() => fullName(this.widget()));
  protected readonly text = computed(() => {
    const { value } = this.widget();
    return typeof value === 'number' ? shownNumber(value) : String(value ?? '–');
  });
}
