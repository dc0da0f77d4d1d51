import { withEntry, type Entry } from '../log/entry';

/** Lines that are kept. */
const MOST_LINES = 500;
/** A line longer than this is shown as several, so that a script that never ends one fills no memory. */
const LONGEST = 2000;

/** Lines with more text. The last one is not at its end: the next text goes on with it. */
export function withText(lines: readonly Entry[], text: string): readonly Entry[] {
  const open = lines.at(-1)?.text ?? '';
  const pieces = `${open}${text}`.split('\n');
  const unfinished = pieces.pop() ?? '';
  const whole = pieces.map((line) => line.replace(/\r+$/, ''));
  return [...whole, unfinished]
    .flatMap(shortened)
    .reduce<readonly Entry[]>((all, line) => withEntry(all, line, MOST_LINES), lines.slice(0, -1));
}

function shortened(line: string): string[] {
  return line.length <= LONGEST ? [line] : (line.match(new RegExp(`.{1,${LONGEST}}`, 'gsu')) ?? []);
}

/** Without the last line while there is nothing in it. */
export function visible(lines: readonly Entry[]): readonly Entry[] {
  return lines.at(-1)?.text === '' ? lines.slice(0, -1) : lines;
}
