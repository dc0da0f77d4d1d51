import { firstValueFrom, from } from 'rxjs';
import { lastTraceback, tracebackText } from '../../../lib/cli/script/script-end.js';

const TRACEBACK =
  'Traceback (most recent call last):\r\n  File "<stdin>", line 3, in <module>\r\nValueError: too dark\r\n';
const HANDLING = 'try:\n    f()\nexcept ValueError as e:\n    sys.print_exception(e)\n';

const foundIn = (script: string, ...pieces: string[]) => firstValueFrom(from(pieces).pipe(lastTraceback(script)));
const found = (...pieces: string[]) => foundIn('f()', ...pieces);

describe('lastTraceback', () => {
  it.each([
    ['that handles no exception', 'f()'],
    ['that prints exceptions', HANDLING],
  ])('finds the traceback at the end of a script %s, however the text is split', async (_, script) => {
    const expected = { type: 'ValueError', message: 'too dark', file: '<stdin>', line: 3 };
    expect(await foundIn(script, '1\r\n', TRACEBACK)).toMatchObject(expected);
    expect(await foundIn(script, ...Array.from(`1\r\n${TRACEBACK}\r\n`))).toMatchObject(expected);
    expect(await foundIn(script, TRACEBACK.trimEnd())).toMatchObject(expected);
    expect(await foundIn(script, ...Array.from(`1${TRACEBACK}`))).toMatchObject(expected);
  });

  it.each([
    ['no text', []],
    ['text', ['1\r\n2\r\n']],
    ['a traceback that the script goes on behind', [TRACEBACK, 'again\r\n']],
    ['the beginning of one', ['Traceback (most recent call last):\r\n']],
  ])('finds nothing in %s', async (_, pieces) => {
    expect(await foundIn(HANDLING, ...pieces)).toBeUndefined();
  });

  it('finds the traceback of a message of several lines, unless the script may have continued after it', async () => {
    const message = [TRACEBACK, 'take a lamp\r\n', 'or wait\r\n'];
    expect(await found(...message)).toMatchObject({ type: 'ValueError', message: 'too dark' });
    expect(await foundIn(HANDLING, ...message)).toBeUndefined();
  });

  it('finds the traceback of a recursion whose beginning the camera dropped', async () => {
    const calls = '  File "<stdin>", line 2, in f\r\n'.repeat(20);
    const text = `in f\r\n${calls}RuntimeError: maximum recursion depth exceeded\r\n`;
    expect(await found(text)).toMatchObject({ type: 'RuntimeError', line: 2 });
  });

  it('finds the last of several tracebacks', async () => {
    expect(await found(TRACEBACK, TRACEBACK.replace('line 3', 'line 9'))).toMatchObject({ line: 9 });
  });
});

describe('tracebackText', () => {
  it('contains the exception, its message, and where it was raised', async () => {
    expect(tracebackText((await found(TRACEBACK))!)).toBe('ValueError: too dark (<stdin>, line 3)');
    expect(tracebackText((await found(TRACEBACK.replace(': too dark', '')))!)).toBe('ValueError (<stdin>, line 3)');
  });
});
