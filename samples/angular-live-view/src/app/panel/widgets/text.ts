import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { TextWidget } from 'openmv-rx/widgets';
import { fullName } from '../widget-names';

/** A text of the camera's script. It may be HTML, of whoever wrote that script: its text is shown, without its markup. */
@Component({
  selector: 'omv-text',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<span class="name">{{ name() }}</span>
    <p>{{ text() }}</p>`,
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
  protected readonly text = computed(() => textOf(this.widget().value.text));
}

/** What a reader sees of HTML. It is parsed into a document that is never shown, which runs and loads nothing. */
function textOf(html: string): string {
  const { body } = new DOMParser().parseFromString(html.replace(LINE_END, '$&\n'), 'text/html');
  for (const unseen of body.querySelectorAll('script, style')) unseen.remove();
  return body.textContent.trim();
}

const LINE_END = /<(?:br|\/p|\/div|\/li|\/tr|\/h\d)\b[^>]*>/gi;
