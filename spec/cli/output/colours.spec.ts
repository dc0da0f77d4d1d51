import { bold, red } from '../../../lib/cli/output/colours.js';

describe.each([
  ['bold', bold, '\u001b[1mname\u001b[22m'],
  ['red', red, '\u001b[31mname\u001b[39m'],
] as const)('%s', (_, style, styled) => {
  it('is for terminals with colours', () => {
    expect(style('name', { isTTY: true, hasColors: () => true })).toBe(styled);
  });

  it.each([
    ['a file or a pipe', {}],
    ['a terminal without colours, or of a person who wants none', { isTTY: true, hasColors: () => false }],
    ['a pipe that says more than it is', { isTTY: false, hasColors: () => true }],
  ])('is the text as it is for %s', (_case, stream) => {
    expect(style('name', stream)).toBe('name');
  });
});
