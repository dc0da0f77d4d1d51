import cliProgress from 'cli-progress';

/** Work that is over by then needs no progress shown. */
const NOT_BEFORE_MS = 300;
const BAR = { barCompleteChar: '█', barIncompleteChar: '░' };
const BAR_WIDTH = 24;
/** A bar that is shorter says nothing. */
const LEAST_BAR_WIDTH = 8;
/** The width of a terminal that does not tell. */
const USUAL_WIDTH = 80;

/** How far a command is, on one line of a terminal that is written anew; nothing where nobody looks, and none for programs. */
export class ProgressLine {
  readonly #begun: number;
  #bar: cliProgress.SingleBar | undefined;

  constructor(
    private readonly isForPrograms: boolean,
    private readonly stream: NodeJS.WritableStream & {
      readonly isTTY?: boolean;
      readonly columns?: number;
    } = process.stderr,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#begun = now();
  }

  /** @param share how much of it is done, from 0 to 1, where that is known */
  show(words: string, share?: number): void {
    if (this.isForPrograms || this.stream.isTTY !== true || this.now() - this.#begun < NOT_BEFORE_MS) return;
    if (this.#bar) {
      this.#bar.update(share ?? 0, { words, share });
      return;
    }
    // It neither hides the cursor nor wraps lines otherwise, so that a command that is killed leaves the terminal as it was.
    const options = { stream: this.stream, clearOnComplete: true, linewrap: true, gracefulExit: false, ...BAR };
    this.#bar = new cliProgress.SingleBar({ ...options, format: lineOf(() => this.#width) });
    this.#bar.start(1, share ?? 0, { words, share });
  }

  /** A terminal that does not know its width says 0. */
  get #width(): number {
    const { columns = 0 } = this.stream;
    return columns > 0 ? columns : USUAL_WIDTH;
  }

  /** Makes room for what is printed next. */
  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

/** A line that fits: the bar is shorter where there is less room, and then left out, before words are cut. */
function lineOf(width: () => number): cliProgress.GenericFormatter {
  return (options, { progress }, { words, share }: { words: string; share?: number }) => {
    // Some terminals begin a new line behind the last column.
    const columns = width() - 1;
    const room = Math.min(BAR_WIDTH, columns - words.length - 2);
    if (share !== undefined && room >= LEAST_BAR_WIDTH) {
      return `${cliProgress.Format.BarFormat(progress, { ...options, barsize: room })}  ${words}`;
    }
    return words.length > columns ? `${words.slice(0, Math.max(columns - 1, 0))}…` : words;
  };
}
