import { scan } from '../../../lib/virtual/script/scan.js';
import { treeOf, type Node } from '../../../lib/virtual/script/tree.js';

/** The numbers of lines, those beneath one in brackets behind it. */
const shape = (nodes: readonly Node[]): string =>
  nodes.map(({ line, children }) => `${line.number}${children.length > 0 ? `(${shape(children)})` : ''}`).join(' ');
const tree = (source: string): string => shape(treeOf(scan(source)));

describe('the blocks of a script', () => {
  it('are the lines that stand further in beneath one that ends in a colon', () => {
    expect(tree('a:\n  b\n  c:\n      d\n  e\nf')).toBe('1(2 3(4) 5) 6');
    expect(tree('a:\n  b:\n    c\nd')).toBe('1(2(3)) 4');
  });

  it('may be empty', () => {
    expect(tree('a:\nb')).toBe('1 2');
    expect(tree('a:')).toBe('1');
  });

  it.each([
    ['unexpected indent', 'a\n  b', 2],
    ['unexpected indent', '  a', 1],
    ['unexpected indent', 'a: b\n  c', 2],
    ["unindent doesn't match any outer indent level", 'a:\n    b\n  c', 3],
  ])('are a mistake: %s', (message, source, line) => {
    expect(() => tree(source)).toThrow(
      expect.objectContaining({
        traceback: `Traceback (most recent call last):\n  File "<stdin>", line ${line}\nIndentationError: ${message}`,
      }) as Error,
    );
  });

  it('are a mistake in too many others', () => {
    const nested = (depth: number) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}if a:`).join('\n');
    expect(tree(nested(40))).toContain('40');
    expect(() => tree(nested(41))).toThrow('invalid syntax');
  });
});
