import { ProgressLine } from '../../lib/cli/progress-line.js';

function progressLine(isTTY: boolean): { line: ProgressLine; written: string[]; pass: (ms: number) => void } {
  const written: string[] = [];
  let now = 0;
  const line = new ProgressLine({ isTTY, write: (text) => written.push(text) }, () => now);
  return { line, written, pass: (ms) => (now += ms) };
}

describe('ProgressLine', () => {
  it('writes nothing where nobody looks', () => {
    const { line, written } = progressLine(false);
    line.show('half', 0.5);
    line.end();
    expect(written).toEqual([]);
  });

  it('writes one line anew, no more often than a person can read it, and leaves none behind', () => {
    const { line, written, pass } = progressLine(true);
    line.show('one');
    line.show('two');
    pass(100);
    line.show('three');
    line.end();
    line.end();
    expect(written).toEqual(['\r\u001b[Kone', '\r\u001b[Kthree', '\r\u001b[K']);
  });

  it('draws a bar where it is known how much there is', () => {
    const { line, written, pass } = progressLine(true);
    for (const share of [0, 0.5, 1, 7]) {
      line.show('', share);
      pass(100);
    }
    expect(written.map((text) => text.split('█').length - 1)).toEqual([0, 12, 24, 24]);
    expect(new Set(written.map((text) => text.split(/[█░]/).length - 1))).toEqual(new Set([24]));
  });
});
