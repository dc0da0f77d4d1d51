import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { ProgressLine } from '../../../lib/cli/output/progress-line.js';

function progressLine({ isTTY = true, isForPrograms = false, columns = 80 } = {}): {
  line: ProgressLine;
  written: string[];
  pass: (ms: number) => void;
} {
  const written: string[] = [];
  const stream = new Writable({
    write: (text, _, done) => {
      written.push(String(text));
      done();
    },
  });
  let now = 0;
  const line = new ProgressLine(isForPrograms, Object.assign(stream, { isTTY, columns }), () => now);
  return { line, written, pass: (ms) => (now += ms) };
}

/** What can be read of what was written. */
const readable = (written: string[]): string => stripVTControlCharacters(written.join(''));

describe('ProgressLine', () => {
  it.each([
    ['where nobody looks', { isTTY: false }],
    ['for programs', { isForPrograms: true }],
  ])('writes nothing %s', (_, where) => {
    const { line, written, pass } = progressLine(where);
    pass(1000);
    line.show('half', 0.5);
    line.end();
    expect(written).toEqual([]);
  });

  it('writes nothing for work that ends at once', () => {
    const { line, written, pass } = progressLine();
    line.show('begun', 0);
    pass(299);
    line.show('nearly done', 0.9);
    line.end();
    expect(written).toEqual([]);
  });

  it('shows the progress, and clears its line at the end', () => {
    const { line, written, pass } = progressLine();
    pass(300);
    line.show('one');
    line.show('two');
    line.end();
    expect(readable(written)).toMatch(/^one.*two/s);
    expect(written.join('')).not.toContain('\u001b[?');
    const end = written.join('').lastIndexOf('\u001b[2K');
    expect(readable([written.join('').slice(end)])).toBe('');
  });

  it('draws a bar if the total is known', () => {
    for (const [share, full] of [
      [0, 0],
      [0.5, 12],
      [1, 24],
      [7, 24],
    ] as const) {
      const { line, written, pass } = progressLine();
      pass(300);
      line.show('words', share);
      line.end();
      expect(readable(written)).toMatch(new RegExp(`^█{${full}}░{${24 - full}} {2}words`));
    }
  });

  it.each([
    [80, 'w'.repeat(30), /^[█░]{24} {2}w{30}$/],
    [80, 'w'.repeat(65), /^[█░]{12} {2}w{65}$/],
    [80, 'w'.repeat(75), /^w{75}$/],
    [80, 'w'.repeat(90), /^w{78}…$/],
    [0, 'w'.repeat(65), /^[█░]{12} {2}w{65}$/],
    [40, 'w'.repeat(20), /^[█░]{17} {2}w{20}$/],
  ])('fits in %i columns: %s', (columns, words, fits) => {
    const { line, written, pass } = progressLine({ columns });
    pass(300);
    line.show(words, 0.5);
    expect(readable(written).trim()).toMatch(fits);
    line.end();
  });

  it('continues below text that was printed in between', () => {
    const { line, written, pass } = progressLine();
    pass(300);
    line.show('one');
    line.end();
    written.length = 0;
    line.show('two');
    line.end();
    line.end();
    expect(readable(written)).toMatch(/^two/);
  });
});
