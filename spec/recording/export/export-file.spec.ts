import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, timer } from 'rxjs';
import { exportFile } from '../../../lib/recording/export/export-file.js';
import { exportCsv, exportText } from '../../../lib/recording/index.js';
import { jsonMessages, recordingFile, textMessages } from '../support/recording-file.js';

let folder: string;
let recording: string;
const inFolder = (name: string) => join(folder, name);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'export-file-'));
  recording = await recordingFile(inFolder('a.mcap'), textMessages('one\ntw', 'o\n', 'ünd\n'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('exportText', () => {
  it('writes the text unchanged', async () => {
    const file = inFolder('a.txt');
    expect(await lastValueFrom(exportText(recording, file))).toEqual({ file, count: 3 });
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\nünd\n');
    expect(readdirSync(folder)).toEqual(['a.mcap', 'a.txt']);
  });

  it('does nothing before it is subscribed to, and leaves no file on unsubscribe', async () => {
    const exported = exportText(recording, inFolder('a.txt'));
    await lastValueFrom(timer(5));
    expect(readdirSync(folder)).toEqual(['a.mcap']);
    exported.subscribe().unsubscribe();
    await lastValueFrom(timer(50));
    for (let i = 0; i < 100 && readdirSync(folder).length !== 1; i++) await lastValueFrom(timer(5));
    expect(readdirSync(folder)).toEqual(['a.mcap']);
  });

  it('leaves no file if it is unsubscribed from after it has read everything', async () => {
    const file = inFolder('a.txt');
    const exported = exportFile(recording, file, {}, async function* () {
      yield Uint8Array.of(1);
      await lastValueFrom(timer(0));
      subscription.unsubscribe();
      return 1;
    });
    const subscription = exported.subscribe();
    while (!subscription.closed || readdirSync(folder).some((name) => name.endsWith('.part.txt')))
      await lastValueFrom(timer(5));
    expect(readdirSync(folder)).toEqual(['a.mcap']);
  });

  it('overwrites a file only if asked to, and then replaces a link instead of its target', async () => {
    writeFileSync(inFolder('there.txt'), 'precious');
    symlinkSync('there.txt', inFolder('link.txt'));
    const refused = exportText(recording, inFolder('link.txt'));
    await expect(lastValueFrom(refused)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(readFileSync(inFolder('there.txt'), 'utf8')).toBe('precious');
    await lastValueFrom(exportText(recording, inFolder('link.txt'), { overwrite: true }));
    expect(readFileSync(inFolder('there.txt'), 'utf8')).toContain('one');
    expect(readdirSync(folder)).toEqual(['a.mcap', 'link.txt', 'there.txt']);
  });

  it('leaves an earlier file unchanged if it fails', async () => {
    const none = await recordingFile(inFolder('none.mcap'), []);
    writeFileSync(inFolder('there.txt'), 'precious');
    await expect(lastValueFrom(exportText(none, inFolder('there.txt'), { overwrite: true }))).rejects.toMatchObject({
      code: 'MALFORMED',
      message: expect.stringContaining('contains no text') as string,
    });
    expect(readFileSync(inFolder('there.txt'), 'utf8')).toBe('precious');
    expect(readdirSync(folder)).toEqual(['a.mcap', 'none.mcap', 'there.txt']);
  });

  it('writes the readable part of a damaged recording, and then errors', async () => {
    truncateSync(recording, statSync(recording).size - 100);
    const file = inFolder('cut.txt');
    await expect(lastValueFrom(exportText(recording, file))).rejects.toMatchObject({ code: 'TRUNCATED' });
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\nünd\n');
    truncateSync(recording, 60);
    const nothing = exportText(recording, inFolder('nothing.txt'));
    await expect(lastValueFrom(nothing)).rejects.toMatchObject({ code: 'TRUNCATED' });
    expect(readdirSync(folder)).toEqual(['a.mcap', 'cut.txt']);
  });

  it.each([
    ['/dev/full', 'DISK_FULL'],
    ['/no/such/folder/a.txt', 'FILE_UNAVAILABLE'],
  ])('to %s is %s', async (file, code) => {
    await expect(lastValueFrom(exportText(recording, file))).rejects.toMatchObject({ code });
  });

  it('errors for a file that does not exist', async () => {
    await expect(lastValueFrom(exportText(inFolder('no.mcap'), inFolder('a.txt')))).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
    });
    expect(readdirSync(folder)).toEqual(['a.mcap']);
  });
});

describe('the channel of an export', () => {
  it('is the only one, unless it is chosen', async () => {
    await expect(lastValueFrom(exportCsv(recording, inFolder('a.csv')))).rejects.toMatchObject({ code: 'MALFORMED' });
    const one = await recordingFile(inFolder('one.mcap'), jsonMessages('b', [1]));
    await lastValueFrom(exportCsv(one, inFolder('one.csv')));
    const two = await recordingFile(inFolder('two.mcap'), [...jsonMessages('b', [1]), ...jsonMessages('a', [2])]);
    for (const channel of [undefined, 'c']) {
      const exported = exportCsv(two, inFolder('two.csv'), { ...(channel !== undefined && { channel }) });
      await expect(lastValueFrom(exported)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('a, b') as string,
      });
    }
    await lastValueFrom(exportCsv(two, inFolder('two.csv'), { channel: 'a' }));
    expect(readFileSync(inFolder('two.csv'), 'utf8')).toBe('receivedAt,value\n1000,2\n');
  });
});
