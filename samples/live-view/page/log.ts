import { element } from './element.js';

/** What a log keeps: the newest lines. */
const mostLines = 200;

/** A list that shows its end as it grows, unless the reader has scrolled back in it. */
export class Log {
  private readonly list;

  constructor(id: string) {
    this.list = element(id, HTMLOListElement);
  }

  add(line: string): void {
    const { list } = this;
    const atTheEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 8;
    const item = document.createElement('li');
    item.textContent = line;
    list.append(item);
    while (list.childElementCount > mostLines) list.firstElementChild?.remove();
    if (atTheEnd) list.scrollTop = list.scrollHeight;
  }
}
