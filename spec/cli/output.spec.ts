import { Output } from '../../lib/cli/output.js';

function output(json: boolean, isTTY = false): { output: Output; written: (string | Uint8Array)[] } {
  const written: (string | Uint8Array)[] = [];
  return { output: new Output(json, { isTTY, write: (data) => written.push(data) }), written };
}

describe('Output', () => {
  it('prints lines for people', () => {
    const { output: lines, written } = output(false);
    lines.write({ a: 1 }, 'a is 1');
    lines.raw(Uint8Array.of(1));
    expect(written).toEqual(['a is 1\n', Uint8Array.of(1)]);
  });

  it('prints one JSON value a line with --json', () => {
    const { output: lines, written } = output(true);
    lines.write({ text: 'two\nlines' }, 'two lines');
    expect(written).toEqual(['{"text":"two\\nlines"}\n']);
  });

  it('knows a terminal', () => {
    expect(output(false, true).output.isTerminal).toBe(true);
    expect(output(false).output.isTerminal).toBe(false);
  });
});
