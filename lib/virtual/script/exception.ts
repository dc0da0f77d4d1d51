/** What ends a script unless it is ignored: an exception of the language, with MicroPython's words. */
export class ScriptException extends Error {
  private line = 0;

  constructor(
    readonly type: string,
    message = '',
  ) {
    super(message);
  }

  /** Says where it happened, once: the innermost line is the right one. */
  at(line: number): this {
    this.line ||= line;
    return this;
  }

  /** As MicroPython prints it; a mistake in the language itself is in no function. */
  get traceback(): string {
    const place = SYNTAX.has(this.type) ? '' : ', in <module>';
    return `Traceback (most recent call last):\n  File "<stdin>", line ${this.line}${place}\n${this.type}: ${this.message}`;
  }
}

const SYNTAX: ReadonlySet<string> = new Set(['SyntaxError', 'IndentationError']);

/** What the interpreter does not know: the line is passed over. */
export class NotUnderstood extends Error {}

export function syntaxError(line: number): ScriptException {
  return new ScriptException('SyntaxError', 'invalid syntax').at(line);
}
