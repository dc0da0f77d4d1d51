import { scan } from '../../../lib/virtual/script/scan.js';
import type { Token } from '../../../lib/virtual/script/scan.js';

function word(token: Token): unknown {
  if (token.kind === 'number') return token.value;
  if (token.kind === 'unknown') return null;
  return token.kind === 'string' ? `'${token.text}'` : token.kind === 'pattern' ? `f'${token.text}'` : token.text;
}

/** Lines as `number indent: words`. */
const lines = (source: string): unknown[] =>
  scan(source).map(({ number, indent, tokens }) => [`${number}@${indent}`, ...tokens.map(word)]);
/** The words of one line. */
const words = (source: string): unknown[] => scan(source).flatMap(({ tokens }) => tokens.map(word));

describe('the lines of a script', () => {
  it('are those that say something, with their number and how far they are indented', () => {
    expect(lines('a\n\n  # nothing\n  b # said\n\tc\n        d\r\n  \te')).toEqual([
      ['1@0', 'a'],
      ['4@2', 'b'],
      ['5@8', 'c'],
      ['6@8', 'd'],
      ['7@8', 'e'],
    ]);
    expect(lines('')).toEqual([]);
    expect(lines('\n\n')).toEqual([]);
  });

  it('go on in brackets, in long strings and behind a backslash', () => {
    expect(lines('f(1, # one\n  [2,\n3])\nx\n')).toEqual([
      ['1@0', 'f', '(', 1n, ',', '[', 2n, ',', 3n, ']', ')'],
      ['4@0', 'x'],
    ]);
    expect(lines("s = '''a\n# b\n'''\nx")).toEqual([
      ['1@0', 's', '=', "'a\n# b\n'"],
      ['4@0', 'x'],
    ]);
    expect(lines('a = \\\n  1\nb')).toEqual([
      ['1@0', 'a', '=', 1n],
      ['3@0', 'b'],
    ]);
  });

  it('have names in any language', () => {
    expect(words('größe_2 = _x')).toEqual(['größe_2', '=', '_x']);
  });

  it('have operators, the longest first', () => {
    expect(words('a//=b**c<=d->e:=f!=g...')).toEqual([
      ...['a', '//=', 'b', '**', 'c', '<=', 'd', '->', 'e', ':=', 'f', '!=', 'g', '...'],
    ]);
  });

  it.each([
    ['0', 0n],
    ['1_000_000', 1_000_000n],
    ['0x1F', 31n],
    ['0b101', 5n],
    ['0o17', 15n],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1.', 1],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['2e+2', 200],
    ['0xE', 14n],
    ['123456789012345678901234567890', 123456789012345678901234567890n],
  ])('have the number %s', (source, value) => {
    expect(words(source)).toEqual([value]);
  });

  it('do not take a sign for an exponent that is none', () => {
    expect(words('0xe-1')).toEqual([14n, '-', 1n]);
    expect(words('1-1')).toEqual([1n, '-', 1n]);
  });

  it.each([
    [`'a'`, `'a'`],
    [`"it's"`, `'it's'`],
    [`'\\n\\t\\\\\\'\\"\\x41\\u00e9\\U0001F600'`, `'\n\t\\'"Aé😀'`],
    [`'\\q'`, `'\\q'`],
    [`r'\\n\\''`, `'\\n\\''`],
    [`'a\\\nb'`, `'ab'`],
    [`"""a"b\n"""`, `'a"b\n'`],
    [`''`, `''`],
    [`f'{a}'`, `f'{a}'`],
    [`F"x"`, `f'x'`],
    [`rf'\\d'`, `f'\\d'`],
    [`b'bytes'`, null],
  ])('have the string %s', (source, token) => {
    expect(words(source)).toEqual([token]);
  });

  it('have no string behind a name that is no prefix', () => {
    expect(words(`x'a'`)).toEqual(['x', `'a'`]);
  });

  it.each([
    ['a string that does not end', 'ok\nx = "abc\nprint(1)', 2],
    ['a long string that does not end', 'x = """abc\n"', 1],
    ['a string that ends in a backslash', "'abc\\", 1],
    ['a bracket that does not end', 'ok\n\nprint(1\nprint(2)', 3],
    ['a bracket that was not begun', 'ok\n)', 2],
    ['the wrong bracket', 'f(1]', 1],
    ['a number that is none', '1abc', 1],
    ['two points in a number', '1.2.3', 1],
    ['a character that means nothing', 'ok\nwhat?', 2],
    ['an escape that is none', "'\\xZZ'", 1],
    ['a character that does not exist', "'\\UFFFFFFFF'", 1],
    ['a number without end', '9'.repeat(1000), 1],
  ])('are a mistake with %s', (_, source, line) => {
    expect(() => scan(source)).toThrow(
      expect.objectContaining({
        traceback: `Traceback (most recent call last):\n  File "<stdin>", line ${line}\nSyntaxError: invalid syntax`,
      }) as Error,
    );
  });
});
