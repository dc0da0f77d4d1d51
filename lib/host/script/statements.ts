/** A statement of a script at its outermost level, on one line. */
export interface Statement {
  /** Where it begins and where its line ends, in characters from the beginning of the script. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
}

const OPENING = '([{';
const CLOSING = ')]}';

/**
 * The lines of a MicroPython script that begin a statement at its outermost level: not those within a string, within
 * brackets, behind a backslash, or indented.
 */
export function* statements(source: string): Generator<Statement> {
  const at = new Scanner(source);
  while (!at.over) {
    const { position: start, line } = at;
    const outermost = !' \t#\r\n'.includes(source[start] ?? '\n');
    at.skipLogicalLine();
    if (outermost) yield { start, line, end: endOfLine(source, start) };
  }
}

function endOfLine(source: string, from: number): number {
  const end = source.slice(from).search(/\r?\n/);
  return end < 0 ? source.length : from + end;
}

class Scanner {
  position = 0;
  line = 1;

  constructor(private readonly source: string) {}

  get over(): boolean {
    return this.position >= this.source.length;
  }

  /** To the beginning of the line behind the statement, which may go over several. */
  skipLogicalLine(): void {
    let depth = 0;
    while (!this.over) {
      const character = this.source[this.position] as string;
      if (character === '#') this.skipComment();
      else if (character === '"' || character === "'") this.skipString(character);
      else if (character === '\\') this.step(this.source.startsWith('\\\r\n', this.position) ? 3 : 2);
      else {
        if (OPENING.includes(character)) depth++;
        if (CLOSING.includes(character)) depth--;
        this.step(1);
        if (character === '\n' && depth <= 0) return;
      }
    }
  }

  private skipComment(): void {
    while (!this.over && this.source[this.position] !== '\n') this.step(1);
  }

  private skipString(quote: string): void {
    const triple = quote.repeat(3);
    const end = this.source.startsWith(triple, this.position) ? triple : quote;
    this.step(end.length);
    while (!this.over && !this.source.startsWith(end, this.position)) {
      // One that is not closed ends with its line, or all that follows would be taken for text.
      if (end === quote && this.source[this.position] === '\n') return;
      this.step(this.source[this.position] === '\\' ? 2 : 1);
    }
    this.step(end.length);
  }

  private step(characters: number): void {
    const to = Math.min(this.position + characters, this.source.length);
    for (; this.position < to; this.position++) if (this.source[this.position] === '\n') this.line++;
  }
}
