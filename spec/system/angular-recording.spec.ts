import { writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Camera } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { readRecording, type RecordingEntry } from 'openmv-rx/recording';
import type { Locator, Page } from 'playwright-core';
import { lastValueFrom, map, take, toArray } from 'rxjs';
import { temporaryFolder } from './pty.js';
import { bridged, type Bridged } from './support/angular-bridge.js';
import { nextPicture } from './support/angular-page.js';
import { AngularSite } from './support/angular-site.js';

/** Some pictures of a virtual camera. */
function pictures(): Promise<Uint8Array[]> {
  const { frames$ } = new Camera(new VirtualCamera().transport(), { closeAfterMs: 0 });
  return lastValueFrom(
    frames$.pipe(
      take(5),
      map(({ data }) => data.slice()),
      toArray(),
    ),
  );
}

/** A JPEG with a number in a comment behind its beginning. */
function numbered(jpeg: Uint8Array, number: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0xff, 0xd8, 0xff, 0xfe, 0, 4, number >> 8, number & 0xff, ...jpeg.subarray(2));
}

const numberIn = (jpeg: Uint8Array) => (jpeg[6]! << 8) | jpeg[7]!;

/** The chooser of files, which a headless browser does not have, answers with what a spec says. */
const CHOOSER = `
  window.choices = [];
  window.showSaveFilePicker = async (options) => {
    window.suggested = options.suggestedName;
    return window.choices.shift()();
  };
  window.fakeFile = (write) => ({
    kind: 'file',
    name: 'chosen.mcap',
    getFile: async () => ({ size: 0 }),
    createWritable: async () => ({ write, truncate: async () => {}, close: async () => {} }),
  });
`;

describe('the record button of the Angular sample', () => {
  let folder: string;
  let site: AngularSite;
  let camera: Bridged;
  let page: Page;
  let bar: Locator;
  /** How many pictures the camera has published: the number of the next. */
  let published = 0;

  const record = () => bar.getByRole('button', { name: 'Record', exact: true }).click();
  const stop = () => bar.getByRole('button', { name: 'Stop recording' }).click();
  const chooses = (choice: string) => page.evaluate(`window.choices.push(async () => ${choice})`);
  const recordsFrames = (count: number) =>
    page.waitForFunction(
      (wanted) => parseInt(document.querySelector('omv-record-button .frames')?.textContent ?? '0') >= wanted,
      count,
    );
  const entriesOf = async (file: string) => {
    const entries: RecordingEntry[] = [];
    for await (const entry of readRecording(file)) entries.push(entry);
    return entries;
  };
  const numbersIn = (entries: readonly RecordingEntry[]) =>
    entries.flatMap((entry) => (entry.kind === 'frame' ? [numberIn(entry.frame.data)] : []));
  const expectEachOnce = (numbers: readonly number[], atLeast: number) => {
    expect(numbers.length).toBeGreaterThanOrEqual(atLeast);
    expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
  };

  beforeAll(async () => {
    folder = temporaryFolder();
    const jpegs = await pictures();
    const frameSource = () => numbered(jpegs[published % jpegs.length]!, published++);
    site = await AngularSite.start();
    camera = await bridged(new VirtualCamera({ frameSource, stdoutIntervalMs: 100 }).transport());
    page = await site.open({ query: camera.query, before: CHOOSER });
    bar = page.locator('omv-record-button');
  });

  afterAll(async () => {
    camera.close();
    await site.close();
    rmSync(folder, { recursive: true });
  });

  it('records to a file for download, with every frame once, and shows the picture and what it counts meanwhile', async () => {
    await record();
    await recordsFrames(10);
    await nextPicture(page);
    await nextPicture(page);
    expect(await bar.getByRole('group', { name: 'Recording' }).innerText()).toMatch(
      /^0:0\d\s+\d+ frames\s+\d+\.\d\/s\s+[\d.]+ kB$/,
    );
    await recordsFrames(40);
    await stop();
    const link = bar.getByRole('link', { name: /^Download openmv-.*\.mcap \([\d.]+ kB\)$/ });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(/^openmv-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.mcap$/);
    const file = join(folder, 'downloaded.mcap');
    await download.saveAs(file);
    const entries = await entriesOf(file);
    expectEachOnce(numbersIn(entries), 40);
    expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['camera', 'channels', 'text', 'summary']));
  });

  it('records to a file that the user chooses', async () => {
    await bar.getByRole('combobox', { name: 'Record to' }).selectOption({ label: 'to a file' });
    await chooses(`(await navigator.storage.getDirectory()).getFileHandle('own.mcap', { create: true })`);
    await record();
    await recordsFrames(10);
    await stop();
    const name = await page.evaluate(() => (window as unknown as { suggested: string }).suggested);
    await bar.getByText(`${name} is recorded.`).waitFor();
    expect(await bar.getByRole('link').count()).toBe(0);
    const base64 = await page.evaluate(async () => {
      const handle = await (await navigator.storage.getDirectory()).getFileHandle('own.mcap');
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    });
    const file = join(folder, 'own.mcap');
    writeFileSync(file, Buffer.from(base64, 'base64'));
    expectEachOnce(numbersIn(await entriesOf(file)), 10);
  });

  it('records nothing where the user chooses no file, and says so', async () => {
    await chooses(`{ throw new DOMException('', 'AbortError') }`);
    await record();
    await bar.getByText('No file was chosen: nothing is recorded.').waitFor();
    expect(await bar.getByRole('alert').count()).toBe(0);
  });

  it.each([
    ['there is no permission', `{ throw new DOMException('not now', 'SecurityError') }`, 'not now'],
    [
      'the file may not be written',
      `({ ...window.fakeFile(), createWritable: async () => { throw new DOMException('', 'NotAllowedError') } })`,
      'permission is denied',
    ],
    [
      'the disk is full',
      `window.fakeFile(async ({ position }) => { if (position > 20000) throw new DOMException('', 'QuotaExceededError') })`,
      'the storage quota is used up',
    ],
  ])('says that %s, and can record again', async (_, choice, why) => {
    await chooses(choice);
    await record();
    await bar.getByRole('alert').filter({ hasText: why }).waitFor();
    await bar.getByRole('button', { name: 'Record', exact: true }).waitFor();
    await nextPicture(page);
  });

  it('asks before the page is left while it records, and while what it has recorded is in no file', async () => {
    await bar.getByRole('combobox', { name: 'Record to' }).selectOption({ label: 'to download' });
    const asks = async () => {
      const [dialog] = await Promise.all([page.waitForEvent('dialog'), page.close({ runBeforeUnload: true })]);
      expect(dialog.type()).toBe('beforeunload');
      await dialog.dismiss();
    };
    await record();
    await recordsFrames(2);
    await asks();
    await recordsFrames(6);
    await stop();
    await bar.getByRole('link').waitFor();
    await asks();
    const [download] = await Promise.all([page.waitForEvent('download'), bar.getByRole('link').click()]);
    await download.path();
  });

  it('downloads what nobody has taken when the next recording takes its place', async () => {
    await record();
    await recordsFrames(2);
    await stop();
    const name = (await bar.getByRole('link').getAttribute('download'))!;
    const [download] = await Promise.all([page.waitForEvent('download'), record()]);
    expect(download.suggestedFilename()).toBe(name);
    const file = join(folder, 'untaken.mcap');
    await download.saveAs(file);
    expectEachOnce(numbersIn(await entriesOf(file)), 2);
    await stop();
    const [last] = await Promise.all([page.waitForEvent('download'), bar.getByRole('link').click()]);
    await last.path();
  });

  it('ends the recording and downloads it when the user leaves the camera', async () => {
    await record();
    await recordsFrames(10);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Leave' }).click(),
    ]);
    const file = join(folder, 'left.mcap');
    await download.saveAs(file);
    expectEachOnce(numbersIn(await entriesOf(file)), 10);
  });

  it('had nothing to complain about in the page', () => {
    expect(site.complaints).toEqual([]);
  });
});
