import { styleText } from 'node:util';

/** A stream for text. A terminal tells whether it has colours; `NO_COLOR` forbids them. */
export interface MaybeTerminal {
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}

/** Standard output of a command: lines for people, or with `--json` one JSON value a line and nothing else. */
export class Output {
  readonly json: boolean;
  readonly #stream: MaybeTerminal & { write(data: string | Uint8Array): unknown };

  constructor(json: boolean, stream: MaybeTerminal & { write(data: string | Uint8Array): unknown } = process.stdout) {
    this.json = json;
    this.#stream = stream;
  }

  /** Tells whether the output is a terminal, which raw bytes would garble. */
  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Styles a name so that it stands out, if the terminal can show that. */
  name(text: string): string {
    return bold(text, this.#stream);
  }

  /** Writes `record` with `--json`, otherwise `line`. */
  write(record: object, line: string): void {
    this.#stream.write(`${this.json ? JSON.stringify(record) : line}\n`);
  }

  /** Writes `record` with `--json` only. */
  fact(record: object): void {
    if (this.json) this.write(record, '');
  }

  /** Writes bytes unchanged. Don't use it with `--json`. */
  raw(bytes: Uint8Array | string): void {
    this.#stream.write(bytes);
  }
}

/** Makes text bold, on a terminal with colours. */
export function bold(text: string, stream: MaybeTerminal): string {
  return hasColours(stream) ? styleText('bold', text, { validateStream: false }) : text;
}

/** Makes text red, on a terminal with colours. */
export function red(text: string, stream: MaybeTerminal): string {
  return hasColours(stream) ? styleText('red', text, { validateStream: false }) : text;
}

function hasColours(stream: MaybeTerminal): boolean {
  return stream.isTTY === true && stream.hasColors?.() === true;
}
