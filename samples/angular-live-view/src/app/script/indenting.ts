/** A replacement of a part of the text, and the new selection. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly select: readonly [start: number, end: number];
}

const WIDTH = 4;

/** As a tab does: to the next column, or all lines of a selection one level in. */
export function indented(text: string, start: number, end: number): Edit {
  if (text.slice(start, end).includes('\n')) return byLines(text, start, end, (line) => line && indent() + line);
  const spaces = indent(WIDTH - ((start - lineStart(text, start)) % WIDTH));
  const caret = start + spaces.length;
  return { from: start, to: end, text: spaces, select: [caret, caret] };
}

/** All lines of the selection, or that of the caret, one level out. */
export function unindented(text: string, start: number, end: number): Edit {
  return byLines(text, start, end, (line) => line.replace(/^(\t| {1,4})/, ''));
}

/** A line below this one, as far in, and one level further behind a colon. */
export function nextLine(text: string, start: number, end: number): Edit {
  const line = text.slice(lineStart(text, start), start);
  const [own = ''] = /^[ \t]*/.exec(line) ?? [];
  const added = `\n${own}${/:\s*(#.*)?$/.test(line) ? indent() : ''}`;
  const caret = start + added.length;
  return { from: start, to: end, text: added, select: [caret, caret] };
}

function byLines(text: string, start: number, end: number, change: (line: string) => string): Edit {
  const from = lineStart(text, start);
  // A selection that ends where a line begins does not hold that line.
  const last = end > start && text[end - 1] === '\n' ? end - 1 : end;
  const to = lineEnd(text, last);
  const lines = text.slice(from, to).split('\n');
  const changed = lines.map(change);
  const first = (changed[0]?.length ?? 0) - (lines[0]?.length ?? 0);
  const all = changed.join('\n');
  return {
    from,
    to,
    text: all,
    select: [Math.max(from, start + first), Math.max(from, end + all.length - (to - from))],
  };
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function indent(width = WIDTH): string {
  return ' '.repeat(width);
}
