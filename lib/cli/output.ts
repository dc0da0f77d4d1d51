/** Standard output of a command: lines for people, or with `--json` one JSON value a line and nothing else. */
export class Output {
  constructor(
    readonly json: boolean,
    private readonly stream: { write(data: string | Uint8Array): unknown; readonly isTTY?: boolean } = process.stdout,
  ) {}

  /** Whether a person looks at it, so that raw bytes would spoil the terminal. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  /** One thing: `record` with `--json`, else `line`. */
  write(record: object, line: string): void {
    this.stream.write(`${this.json ? JSON.stringify(record) : line}\n`);
  }

  /** Bytes as they are; not with `--json`. */
  raw(bytes: Uint8Array | string): void {
    this.stream.write(bytes);
  }
}
