import { printed } from '../../device/script/script-bench.js';

/** What `print` makes of a value, or how it fails. */
const value = (expression: string, ...before: string[]): string | undefined =>
  printed(...before, `print(${expression})`)[0];

describe('a value', () => {
  // What Python prints for it.
  it.each([
    ['1', '1'],
    ['-1', '-1'],
    ['1.0', '1.0'],
    ['2.5', '2.5'],
    ['-0.0', '-0.0'],
    ['1e-07', '1e-07'],
    ['0.00001', '1e-05'],
    ['0.0001', '0.0001'],
    ['1e16', '1e+16'],
    ['9999999999999998.0', '9999999999999998.0'],
    ['1.5e+300', '1.5e+300'],
    ['True', 'True'],
    ['False', 'False'],
    ['None', 'None'],
    ['"text"', 'text'],
    ['(1)', '1'],
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['10 - 4 - 3', '3'],
    ['7 / 2', '3.5'],
    ['4 / 2', '2.0'],
    ['7 // 2', '3'],
    ['-7 // 2', '-4'],
    ['7 // -2', '-4'],
    ['-7 % 3', '2'],
    ['7 % -3', '-2'],
    ['-7.5 % 2', '0.5'],
    ['7.5 // 2', '3.0'],
    ['2 // 0.1', '19.0'],
    ['1 + 0.5', '1.5'],
    ['0.1 + 0.2', '0.30000000000000004'],
    ['- -3', '3'],
    ['+3', '3'],
    ['-2 * 3', '-6'],
    ['True + True', '2'],
    ['"ab" + "cd"', 'abcd'],
    ['"ab" * 3', 'ababab'],
    ['2 * "ab"', 'abab'],
    ['"ab" * -1', ''],
    ['1 < 2', 'True'],
    ['2 <= 1', 'False'],
    ['1 == 1.0', 'True'],
    ['1 != 2', 'True'],
    ['"a" < "b"', 'True'],
    ['"a" == 1', 'False'],
    ['None == None', 'True'],
    ['1 + 1 == 2', 'True'],
    ['not 1 == 2', 'True'],
    ['not 0', 'True'],
    ['1 and 2', '2'],
    ['0 and 2', '0'],
    ['0 or "x"', 'x'],
    ['1 or 1 / 0', '1'],
    ['0 and 1 / 0', '0'],
    ['1 or 0 and 0', '1'],
    ['not 1 or 2', '2'],
    ['99999999999999999999 * 99999999999999999999', '9999999999999999999800000000000000000001'],
  ])('is computed: %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  it.each([
    ['f"plain"', 'plain'],
    ['f"{n}"', '7'],
    ['f"{n}{n} {t:.1f}!"', '77 2.5!'],
    ['f"{n * 2 + 1}"', '15'],
    ['f"{{{n}}}"', '{7}'],
    ['f"{s}|{s:5}|"', 'cam|cam  |'],
    ['f"|{n:3}|{n:03}|{n:03d}|{-n:04d}|"', '|  7|007|007|-007|'],
    ['f"{t:f} {t:.1f} {t:8.3f}|"', '2.500000 2.5    2.500|'],
    ['f"{n:x} {n * 40:x} {n:.2f}"', '7 118 7.00'],
    ['f"{True} {None}"', 'True None'],
    ['f"{n > 5}"', 'True'],
  ])('is put into text: %s', (expression, expected) => {
    expect(value(expression, 'n = 7', 't = 2.5', 's = "cam"')).toBe(expected);
  });

  it.each([
    ['1 / 0', 'ZeroDivisionError: divide by zero'],
    ['1 // 0', 'ZeroDivisionError: divide by zero'],
    ['1.5 % 0', 'ZeroDivisionError: divide by zero'],
    ['1 + "a"', "TypeError: unsupported types for __add__: 'int', 'str'"],
    ['"a" - "b"', "TypeError: unsupported types for __sub__: 'str', 'str'"],
    ['None < 1', "TypeError: unsupported types for __lt__: 'NoneType', 'int'"],
    ['-"a"', "TypeError: unsupported type for __neg__: 'str'"],
    ['"a" * 1000000', 'MemoryError: memory allocation failed, allocating 1000000 bytes'],
    ['"a" * 10000000000000000000000', 'MemoryError: memory allocation failed, allocating 1e+22 bytes'],
    ['f"{1:99999}"', 'MemoryError: memory allocation failed, allocating 99999 bytes'],
  ])('fails: %s', (expression, message) => {
    expect(value(expression)).toBe(message);
  });

  it.each([
    'unknown',
    'time.ticks_ms()',
    'a.b',
    '[1, 2]',
    '{"a": 1}',
    'x[0]',
    '1 if True else 2',
    '1 < 2 < 3',
    '2 ** 3',
    '1 if 2',
    '"a" "b"',
    '"%d" % 1',
    'lambda: 1',
    '1, 2,, 3',
    'f"{unknown}"',
    'f"{}"',
    'f"{1"',
    'f"}"',
    'f"{1!r}"',
    'f"{1:>5}"',
    'f"{1:5q}"',
    'f"{1.5:d}"',
    'f"{\'a\':.2f}"',
    'b"bytes"',
    'not',
    '1 + not 1',
    '1 +',
    `${'('.repeat(100)}1${')'.repeat(100)}`,
    Array.from({ length: 5000 }, () => '1').join(' + '),
  ])('that is not known is passed over: %s', (expression) => {
    expect(printed(`print(${expression})`, 'print("next")')).toEqual(['next']);
  });
});
