import { bold, Output, red } from '../../../lib/cli/output/output.js';

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

  it('prints one JSON value per line with --json', () => {
    const { output: lines, written } = output(true);
    lines.write({ text: 'two\nlines' }, 'two lines');
    expect(written).toEqual(['{"text":"two\\nlines"}\n']);
  });

  it('prints facts only with --json', () => {
    for (const [json, facts] of [
      [true, ['{"uploaded":1}\n']],
      [false, []],
    ] as const) {
      const { output: to, written } = output(json);
      to.fact({ uploaded: 1 });
      expect(written).toEqual(facts);
    }
  });

  it('highlights names only on a terminal', () => {
    expect(output(false).output.name('config')).toBe('config');
    const terminal = { isTTY: true, hasColors: () => true, write: () => true };
    expect(new Output(false, terminal).name('config')).toBe('\u001b[1mconfig\u001b[22m');
  });

  it('detects a terminal', () => {
    expect(output(false, true).output.isTerminal).toBe(true);
    expect(output(false).output.isTerminal).toBe(false);
  });
});

describe.each([
  ['bold', bold, '\u001b[1mname\u001b[22m'],
  ['red', red, '\u001b[31mname\u001b[39m'],
] as const)('%s', (_, style, styled) => {
  it('applies on terminals with colours', () => {
    expect(style('name', { isTTY: true, hasColors: () => true })).toBe(styled);
  });

  it.each([
    ['a file or a pipe', {}],
    ['a terminal without colours, or of a person who wants none', { isTTY: true, hasColors: () => false }],
    ['a pipe that says more than it is', { isTTY: false, hasColors: () => true }],
  ])('leaves the text unchanged for %s', (_case, stream) => {
    expect(style('name', stream)).toBe('name');
  });
});
