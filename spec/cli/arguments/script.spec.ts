import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { InvalidArgumentError } from 'commander';
import { parameterValues, parameterWord, scriptOf } from '../../../lib/cli/arguments/script.js';

describe('scriptOf', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openmv-rx-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a file or standard input', async () => {
    const file = join(folder, 'script.py');
    writeFileSync(file, 'print("grün")\n');
    expect(await scriptOf(file)).toBe('print("grün")\n');
    expect(await scriptOf('-', Readable.from(['print', '(1)']))).toBe('print(1)');
  });

  it('says what to do about a file in UTF-16', async () => {
    const file = join(folder, 'utf-16.py');
    writeFileSync(file, '\ufeffprint(1)\n', 'utf16le');
    await expect(scriptOf(file)).rejects.toMatchObject({
      message: expect.stringContaining('save it as UTF-8') as string,
    });
  });

  it.each([join(folder, 'missing.py'), folder])(
    'says how to name a script if there is no file %s',
    async (argument) => {
      await expect(scriptOf(argument)).rejects.toMatchObject({
        code: 'FILE_UNAVAILABLE',
        message: expect.stringMatching(/name a file, or - for standard input/) as string,
      });
    },
  );
});

describe('parameterWord', () => {
  it.each([
    ['GAIN=2', { name: 'GAIN', value: '2' }],
    ['MODE=a=b', { name: 'MODE', value: 'a=b' }],
    ['TEXT=', { name: 'TEXT', value: '' }],
  ])('accepts %s', (word, parameter) => expect(parameterWord(word)).toEqual(parameter));

  it.each(['GAIN', '=2', '2=GAIN', 'a b=2', ''])('refuses "%s"', (word) => {
    expect(() => parameterWord(word)).toThrow(InvalidArgumentError);
  });
});

describe('parameterValues', () => {
  const script = 'N = 1  # param\nGAIN = 1.5  # param\nMODE = "auto"  # param\nNIGHT = False  # param\n';
  const values = (...words: string[]) => parameterValues(script, words.map(parameterWord));

  it('converts words to the types that the script declares', () => {
    expect(values('N=0x10', 'GAIN=2', 'MODE=20', 'NIGHT=true')).toEqual({ N: 16, GAIN: 2, MODE: '20', NIGHT: true });
    expect(values('NIGHT=False', 'GAIN=-1e3', 'MODE="quoted"')).toEqual({
      NIGHT: false,
      GAIN: -1000,
      MODE: '"quoted"',
    });
  });

  it('leaves a value of the wrong type for the camera to refuse', () => {
    expect(values('N=many', 'OTHER=1')).toEqual({ N: 'many', OTHER: 1 });
  });

  it('ignores the declarations if no parameter is set', () => {
    expect(parameterValues('N = f()  # param', [])).toEqual({});
    expect(() => parameterValues('N = f()  # param', [{ name: 'N', value: '1' }])).toThrow(/line 1/);
  });
});
