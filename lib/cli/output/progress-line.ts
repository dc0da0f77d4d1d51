import cliProgress from 'cli-progress';

/** Shorter work shows no progress. */
const NOT_BEFORE_MS = 300;
const BAR = { barCompleteChar: '█', barIncompleteChar: '░' };
const BAR_WIDTH = 24;
/** A shorter bar would say nothing. */
const LEAST_BAR_WIDTH = 8;
/** The width of a terminal that does not tell its width. */
const USUAL_WIDTH = 80;

type MaybeTerminal = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Shows the progress of a command on one line of a terminal. Shows nothing elsewhere, and nothing with `--json`. */
export class ProgressLine {
  readonly #json: boolean;
  readonly #stream: MaybeTerminal;
  readonly #now: () => number;
  readonly #begun: number;
  #bar: cliProgress.SingleBar | undefined;

  constructor(json: boolean, stream: MaybeTerminal = process.stderr, now: () => number = () => performance.now()) {
    this.#json = json;
    this.#stream = stream;
    this.#now = now;
    this.#begun = now();
  }

  /** @param share how much is done, from 0 to 1, if that is known */
  show(words: string, share?: number): void {
    if (this.#json || this.#stream.isTTY !== true || this.#now() - this.#begun < NOT_BEFORE_MS) return;
    if (this.#bar) {
      this.#bar.update(share ?? 0, { words, share });
      return;
    }
    // It does not hide the cursor or change line wrapping, so a killed command leaves the terminal as it was.
    const options = { stream: this.#stream, clearOnComplete: true, linewrap: true, gracefulExit: false, ...BAR };
    this.#bar = new cliProgress.SingleBar({ ...options, format: lineOf(() => this.#width) });
    this.#bar.start(1, share ?? 0, { words, share });
  }

  /** A terminal that does not know its width reports 0. */
  get #width(): number {
    const { columns = 0 } = this.#stream;
    return columns > 0 ? columns : USUAL_WIDTH;
  }

  /** Clears the line for what is printed next. */
  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

/** Fits the line: first the bar shrinks, then it is left out, then the words are cut. */
function lineOf(width: () => number): cliProgress.GenericFormatter {
  return (options, { progress }, { words, share }: { words: string; share?: number }) => {
    // Some terminals begin a new line after the last column.
    const columns = width() - 1;
    const room = Math.min(BAR_WIDTH, columns - words.length - 2);
    if (share !== undefined && room >= LEAST_BAR_WIDTH) {
      return `${cliProgress.Format.BarFormat(progress, { ...options, barsize: room })}  ${words}`;
    }
    return words.length > columns ? `${words.slice(0, Math.max(columns - 1, 0))}…` : words;
  };
}
