import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  input,
  model,
  signal,
  viewChild,
  type ElementRef,
} from '@angular/core';
import { indented, nextLine, unindented, type Edit } from './indenting';

const MOST_UNDOABLE_LINES = 200;

/** A text field for a script, with line numbers, in which a tab indents. Escape lets the next tab leave it. */
@Component({
  selector: 'omv-code-editor',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="frame" [style.--scrolled]="scrolled() + 'px'" [style.--marked]="marked()">
      <pre aria-hidden="true">{{ numbers() }}</pre>
      @if (marked()) {
        <i class="mark" aria-hidden="true"></i>
      }
      <textarea
        #field
        rows="16"
        wrap="off"
        spellcheck="false"
        autocapitalize="off"
        autocomplete="off"
        aria-label="Script"
        aria-describedby="code-editor-keys"
        [attr.aria-invalid]="marked() ? true : null"
        [value]="text()"
        (input)="text.set(field.value)"
        (scroll)="scrolled.set(field.scrollTop)"
        (keydown)="pressed($event)"
        (blur)="leaving.set(false)"
      ></textarea>
    </div>
    <p id="code-editor-keys" class="quiet">
      @if (leaving()) {
        Tab leaves the script now.
      } @else {
        <kbd>Ctrl</kbd>+<kbd>Enter</kbd> runs it, <kbd>Tab</kbd> indents, <kbd>Esc</kbd> and then <kbd>Tab</kbd> leaves
        it.
      }
    </p>
  `,
  styleUrl: './code-editor.css',
})
export class CodeEditor {
  readonly text = model.required<string>();
  /** A line to point at, from 1 on. */
  readonly marked = input<number>();
  protected readonly field = viewChild.required<ElementRef<HTMLTextAreaElement>>('field');
  protected readonly scrolled = signal(0);
  protected readonly leaving = signal(false);
  readonly #lines = computed(() => this.text().split('\n').length);
  protected readonly numbers = computed(() => Array.from({ length: this.#lines() }, (_, i) => i + 1).join('\n'));

  constructor() {
    effect(() => {
      const line = this.marked();
      if (line !== undefined) this.#reveal(line);
    });
  }

  /** Selects a line, to type in it. */
  goTo(line: number): void {
    const field = this.field().nativeElement;
    const lines = this.text().split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    this.#reveal(line);
  }

  protected pressed(event: KeyboardEvent): void {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (key === 'Tab' && this.leaving()) return;
    if (key !== 'Shift') this.leaving.set(key === 'Escape');
    if (ctrlKey || metaKey || altKey || event.isComposing) return;
    const make = key === 'Tab' ? (shiftKey ? unindented : indented) : key === 'Enter' ? nextLine : undefined;
    if (!make) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.field().nativeElement;
    this.#apply(make(value, selectionStart, selectionEnd));
  }

  /** Inserts the text as if it was typed, so that the user can undo it. Browsers need seconds for many lines; then it can't be undone. */
  #apply({ from, to, text, select }: Edit): void {
    const field = this.field().nativeElement;
    field.setSelectionRange(from, to);
    if (text.split('\n').length > MOST_UNDOABLE_LINES) {
      field.setRangeText(text);
      this.text.set(field.value);
    } else if (text !== field.value.slice(from, to)) {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is the one way to the history of a field
      document.execCommand(text === '' ? 'delete' : 'insertText', false, text);
    }
    field.setSelectionRange(...select);
  }

  #reveal(line: number): void {
    const field = this.field().nativeElement;
    const lineHeight = field.scrollHeight / Math.max(this.#lines(), 1);
    const top = (line - 1) * lineHeight;
    if (top < field.scrollTop || top + 2 * lineHeight > field.scrollTop + field.clientHeight)
      field.scrollTop = top - field.clientHeight / 3;
  }
}
