import { isOpenMVError } from '../../../lib/errors.js';
import { scriptParameters, withParameters } from '../../../lib/host/script/parameters.js';

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isOpenMVError(error, 'INVALID_ARGUMENT')) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('scriptParameters', () => {
  it('reads a script that begins with a byte order mark', () => {
    expect(scriptParameters('\ufeffN = 1  # param')).toEqual(scriptParameters('N = 1  # param'));
  });

  it('finds the marked assignments, with their types, defaults and descriptions', () => {
    const script = [
      'import time',
      'EXPOSURE = 20  # param: milliseconds',
      'GAIN = -1.5e1 #param',
      'MODE: str = "auto # not a comment"  # param how it looks',
      'NIGHT = False # param',
      'SIZE = 0x1F_0 # param',
      'OTHER = 7  # parameters are described elsewhere',
      'PLAIN = 8',
    ].join('\r\n');
    expect(scriptParameters(script)).toEqual([
      { name: 'EXPOSURE', type: 'integer', default: 20, description: 'milliseconds', line: 2 },
      { name: 'GAIN', type: 'float', default: -15, description: '', line: 3 },
      { name: 'MODE', type: 'string', default: 'auto # not a comment', description: 'how it looks', line: 4 },
      { name: 'NIGHT', type: 'boolean', default: false, description: '', line: 5 },
      { name: 'SIZE', type: 'integer', default: 0x1f0, description: '', line: 6 },
    ]);
  });

  it.each([
    ['a string of several lines', 'DOC = """\nX = 1  # param\n"""\n'],
    ['one in single quotes', "'''\nX = 1  # param\n'''"],
    ['one with an escaped quote', '"""\\"""\nX = 1  # param\n"""'],
    ['brackets', 'f(\nX = 1  # param\n)'],
    ['a line that goes on behind a backslash', 'y = \\\nX = 1  # param\n'],
    ['a function', 'def f():\n    X = 1  # param\n'],
    ['a comment', '# X = 1  # param\n'],
    ['a string that ends the line', 'X = "1  # param"\n'],
  ])('takes nothing out of %s', (_, script) => {
    expect(scriptParameters(script)).toEqual([]);
  });

  it('finds what follows a string that is not closed on its line', () => {
    expect(scriptParameters('s = "oh\nX = 1  # param')).toMatchObject([{ name: 'X', line: 2 }]);
  });

  it.each(['X = f()  # param', 'X = 1; Y = 2  # param', 'X == 1  # param', 'print(1)  # param', 'X = None  # param'])(
    'refuses what is marked and is no assignment of a literal: %s',
    (line) => {
      expect(refusal(() => scriptParameters(`import x\n${line}`))).toMatch(/line 2/);
    },
  );

  it('refuses a name that is declared twice, with both lines', () => {
    expect(refusal(() => scriptParameters('X = 1 # param\n\nX = 2 # param'))).toMatch(/X .*line 1.*line 3/);
  });
});

describe('withParameters', () => {
  const script =
    'N = 5  # param: count\nR = 0.5# param\nS = \'a\'  # param\nB = True  # param\nprint("N = 5  # param")\n';

  it('puts values in the place of the declared ones and leaves all else as it is', () => {
    expect(withParameters(script, { N: -7, R: 2, S: 'x "y" \\ \n ü', B: false })).toBe(
      'N = -7  # param: count\nR = 2.0# param\nS = "x \\"y\\" \\\\ \\n ü"  # param\nB = False  # param\nprint("N = 5  # param")\n',
    );
    expect(withParameters(script, {})).toBe(script);
    expect(withParameters('X = 1', {})).toBe('X = 1');
  });

  it('writes what reads back as the same value', () => {
    for (const value of ['', '"', "'", '\\', '\0\x1f\x7f', 'a\r\nb\tc', '✓ 𝄞', '\\n', '# param']) {
      const changed = withParameters("S = ''  # param", { S: value });
      expect(scriptParameters(changed)[0]?.default).toBe(value);
    }
    for (const value of [0, -1, 1.5, 1e300, -1e-7, 5e21]) {
      expect(scriptParameters(withParameters('F = 0.0  # param', { F: value }))[0]).toMatchObject({
        type: 'float',
        default: value,
      });
    }
  });

  it.each([
    ['N', 'seven'],
    ['N', 1.5],
    ['N', Infinity],
    ['N', true],
    ['R', NaN],
    ['R', '1'],
    ['S', 1],
    ['B', 'True'],
    ['B', 1],
  ])('refuses for %s the value %p, which is of another type', (name, value) => {
    expect(refusal(() => withParameters(script, { [name]: value }))).toContain(`parameter ${name} must be a`);
  });

  it('takes a script that nothing is set in as it is, whatever its comments say', () => {
    expect(withParameters('print(1)  # param of the print', {})).toBe('print(1)  # param of the print');
    expect(refusal(() => withParameters('N = 1 # param\nprint(1)  # param', { N: 2 }))).toMatch(/line 2/);
  });

  it('leaves a parameter as it is whose name every object of JavaScript has', () => {
    expect(withParameters('constructor = 1 # param\nN = 1 # param', { N: 2 })).toBe(
      'constructor = 1 # param\nN = 2 # param',
    );
  });

  it('refuses a name that is not declared, and says which are', () => {
    expect(refusal(() => withParameters(script, { M: 1 }))).toMatch(/M.*N, R, S, B/);
    expect(refusal(() => withParameters('X = 1', { X: 2 }))).toMatch(/declares none.*# param/);
  });
});
