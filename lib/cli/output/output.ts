import { bold, type MaybeTerminal } from './colours.js';

/** Standard output of a command: lines for people, or with `--json` one JSON value a line and nothing else. */
export class Output {
  constructor(
    readonly json: boolean,
    private readonly stream: MaybeTerminal & { write(data: string | Uint8Array): unknown } = process.stdout,
  ) {}

  /** Tells whether a person looks at it, so that raw bytes would spoil the terminal. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  /** A name, which stands out where that is possible. */
  name(text: string): string {
    return bold(text, this.stream);
  }

  /** One thing: `record` with `--json`, else `line`. */
  write(record: object, line: string): void {
    this.stream.write(`${this.json ? JSON.stringify(record) : line}\n`);
  }

  /** Prints `record` with `--json` only. */
  fact(record: object): void {
    if (this.json) this.write(record, '');
  }

  /** Bytes as they are; not with `--json`. */
  raw(bytes: Uint8Array | string): void {
    this.stream.write(bytes);
  }
}
