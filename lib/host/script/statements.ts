/** A statement at the top level of a script: its first line. */
export interface Statement {
  /** The first character of the statement and the end of its line, counted from the beginning of the script. */
  readonly start: number;
  readonly end: number;
  /** The line number, from 1. */
  readonly line: number;
}

const OPENING = '([{';
const CLOSING = ')]}';

/** The lines that begin a statement at the top level: not lines within a string or brackets, after a backslash, or indented. */
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

  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  get over(): boolean {
    return this.position >= this.#source.length;
  }

  /** Moves to the line after the statement, which may span several lines. */
  skipLogicalLine(): void {
    let depth = 0;
    while (!this.over) {
      const character = this.#source[this.position] as string;
      if (character === '#') this.#skipComment();
      else if (character === '"' || character === "'") this.#skipString(character);
      else if (character === '\\') this.#step(this.#source.startsWith('\\\r\n', this.position) ? 3 : 2);
      else {
        if (OPENING.includes(character)) depth++;
        if (CLOSING.includes(character)) depth--;
        this.#step(1);
        if (character === '\n' && depth <= 0) return;
      }
    }
  }

  #skipComment(): void {
    while (!this.over && this.#source[this.position] !== '\n') this.#step(1);
  }

  #skipString(quote: string): void {
    const triple = quote.repeat(3);
    const end = this.#source.startsWith(triple, this.position) ? triple : quote;
    this.#step(end.length);
    while (!this.over && !this.#source.startsWith(end, this.position)) {
      // A string without an end ends with its line; otherwise it would include the rest of the script.
      if (end === quote && this.#source[this.position] === '\n') return;
      this.#step(this.#source[this.position] === '\\' ? 2 : 1);
    }
    this.#step(end.length);
  }

  #step(characters: number): void {
    const to = Math.min(this.position + characters, this.#source.length);
    for (; this.position < to; this.position++) if (this.#source[this.position] === '\n') this.line++;
  }
}
