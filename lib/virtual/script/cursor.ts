/** A place in a text that only moves on. */
export class Cursor {
  /** Of the physical line, from 1 on. */
  line = 1;
  private at = 0;

  constructor(private readonly text: string) {}

  get done(): boolean {
    return this.at >= this.text.length;
  }

  /** The character that is `ahead` of the next; empty behind the end. */
  peek(ahead = 0): string {
    return this.text[this.at + ahead] ?? '';
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  take(count = 1): string {
    const taken = this.text.slice(this.at, this.at + count);
    this.at += taken.length;
    for (const character of taken) if (character === '\n') this.line++;
    return taken;
  }

  /** All characters from here on that are as they should be. */
  takeWhile(wanted: (character: string) => boolean): string {
    let count = 0;
    while (this.peek(count) !== '' && wanted(this.peek(count))) count++;
    return this.take(count);
  }
}
