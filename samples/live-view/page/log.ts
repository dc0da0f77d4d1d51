import { element } from './element.js';

/** The number of lines that a log keeps: the newest. */
const mostLines = 200;

/** A line that is repeated sooner than this is counted instead of shown again. */
const momentsMs = 2000;

/** A list that scrolls to its newest line unless the reader has scrolled back. */
export class Log {
  private readonly list;
  private readonly repeating = new Map<string, { item: HTMLLIElement; text: string; times: number; last: number }>();

  constructor(id: string) {
    this.list = element(id, HTMLOListElement);
  }

  add(line: string): HTMLLIElement {
    const { list } = this;
    const atTheEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 8;
    const item = document.createElement('li');
    item.textContent = line;
    list.append(item);
    while (list.childElementCount > mostLines) list.firstElementChild?.remove();
    if (atTheEnd) list.scrollTop = list.scrollHeight;
    return item;
  }

  /** Shows lines that repeat within moments as one line with the first time and a count, even with other lines in between. */
  count(time: string, line: string): void {
    const now = performance.now();
    for (const [key, { last }] of this.repeating) if (now - last > momentsMs) this.repeating.delete(key);
    const known = this.repeating.get(line);
    if (known?.item.isConnected) {
      known.last = now;
      known.item.textContent = `${known.text} × ${++known.times}`;
    } else {
      const text = `${time}  ${line}`;
      this.repeating.set(line, { item: this.add(text), text, times: 1, last: now });
    }
  }
}
