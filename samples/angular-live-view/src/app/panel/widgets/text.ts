import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { TextWidget } from 'openmv-rx/widgets';
import { fullName } from '../widget-names';

/** A text of the camera's script. It may be HTML, of whoever wrote that script, and is shown as the text that it is. */
@Component({
  selector: 'omv-text',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<span class="name">{{ name() }}</span>
    <p>{{ widget().value.text }}</p>`,
  styles: `
    p {
      white-space: pre-wrap;
      overflow-wrap: anywhere;
    }
  `,
})
export class Text {
  readonly widget = input.required<TextWidget>();
  protected readonly name = computed(() => fullName(this.widget()));
}
