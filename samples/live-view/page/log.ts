import { element } from './element.js';

/** What a log keeps: the newest lines. */
const mostLines = 200;

/** A line that comes again sooner than this is not shown again, but counted. */
const momentsMs = 2000;

/** A list that shows its end as it grows, unless the reader has scrolled back in it. */
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

  /** One line for all that repeats within moments, however much comes between: with the first time, and a count. */
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
