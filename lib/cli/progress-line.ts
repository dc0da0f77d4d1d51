const BAR_CHARACTERS = 24;
/** As often as a person can read it. */
const EVERY_MS = 100;

/** How far a command is, on one line of a terminal that is written anew; nothing where nobody looks. */
export class ProgressLine {
  #shownAt = -Infinity;
  #shown = false;

  constructor(
    private readonly stream: { write(text: string): unknown; readonly isTTY?: boolean } = process.stderr,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @param share how much of it is done, from 0 to 1, where that is known */
  show(words: string, share?: number): void {
    if (this.stream.isTTY !== true || this.now() - this.#shownAt < EVERY_MS) return;
    this.#shownAt = this.now();
    this.#shown = true;
    this.stream.write(`\r\u001b[K${share === undefined ? '' : `${bar(share)}  `}${words}`);
  }

  /** Makes room for what is printed next. */
  end(): void {
    if (this.#shown) this.stream.write('\r\u001b[K');
    this.#shown = false;
  }
}

function bar(share: number): string {
  const full = Math.round(Math.min(Math.max(share, 0), 1) * BAR_CHARACTERS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CHARACTERS - full)}`;
}
