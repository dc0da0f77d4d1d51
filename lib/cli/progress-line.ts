import cliProgress from 'cli-progress';

/** What is over by then needs no progress shown. */
const NOT_BEFORE_MS = 300;
const BAR = { barCompleteChar: '█', barIncompleteChar: '░', barsize: 24 };

/** How far a command is, on one line of a terminal that is written anew; nothing where nobody looks, and none for programs. */
export class ProgressLine {
  readonly #begun: number;
  #bar: cliProgress.SingleBar | undefined;

  constructor(
    private readonly isForPrograms: boolean,
    private readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean } = process.stderr,
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
    this.#bar = new cliProgress.SingleBar({ ...options, format: lineOf });
    this.#bar.start(1, share ?? 0, { words, share });
  }

  /** Makes room for what is printed next. */
  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

const lineOf: cliProgress.GenericFormatter = (options, { progress }, payload: { words: string; share?: number }) =>
  `${payload.share === undefined ? '' : `${cliProgress.Format.BarFormat(progress, options)}  `}${payload.words}`;
