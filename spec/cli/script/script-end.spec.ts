import { firstValueFrom, from } from 'rxjs';
import { lastTraceback, tracebackText, withoutRebootNote } from '../../../lib/cli/script/script-end.js';

const TRACEBACK =
  'Traceback (most recent call last):\r\n  File "<stdin>", line 3, in <module>\r\nValueError: too dark\r\n';

const found = (...pieces: string[]) => firstValueFrom(from(pieces).pipe(lastTraceback()));

describe('lastTraceback', () => {
  it('finds the traceback that a script ends with, however its text is cut', async () => {
    const expected = { type: 'ValueError', message: 'too dark', file: '<stdin>', line: 3 };
    expect(await found('1\r\n', TRACEBACK)).toMatchObject(expected);
    expect(await found(...Array.from(`1\r\n${TRACEBACK}\r\n`))).toMatchObject(expected);
    expect(await found(TRACEBACK.trimEnd())).toMatchObject(expected);
  });

  it.each([
    ['no text', []],
    ['text', ['1\r\n2\r\n']],
    ['a traceback that the script goes on behind', [TRACEBACK, 'again\r\n']],
    ['the beginning of one', ['Traceback (most recent call last):\r\n']],
  ])('finds nothing in %s', async (_, pieces) => {
    expect(await found(...pieces)).toBeUndefined();
  });

  it('finds the last of several', async () => {
    expect(await found(TRACEBACK, TRACEBACK.replace('line 3', 'line 9'))).toMatchObject({ line: 9 });
  });
});

describe('tracebackText', () => {
  it('names the exception, what it says, and where it was raised', async () => {
    expect(tracebackText((await found(TRACEBACK))!)).toBe('ValueError: too dark (<stdin>, line 3)');
    expect(tracebackText((await found(TRACEBACK.replace(': too dark', '')))!)).toBe('ValueError (<stdin>, line 3)');
  });
});

describe('withoutRebootNote', () => {
  it.each([
    ['1\r\nMPY: soft reboot\r\n', '1\r\n'],
    ['MPY: soft reboot\n', ''],
    ['1MPY: soft reboot\r\n', '1'],
    ['MPY: soft reboot\r\n1', 'MPY: soft reboot\r\n1'],
    ['1\r\n', '1\r\n'],
  ])('%j is %j', (text, rest) => expect(withoutRebootNote(text)).toBe(rest));
});
