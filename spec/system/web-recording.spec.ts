import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readRecording, type RecordingEntry } from 'openmv-rx/recording';
import type { Browser, Page } from 'playwright-core';
import { readIndexed } from '../recording/mcap-reading.js';
import { audit } from '../recording/support/audit.js';
import { temporaryFolder } from './pty.js';
import { launchBrowser } from './support/page.js';
import type { Recorded, RecordingPage } from './support/recording-page.js';

declare global {
  interface Window {
    page: RecordingPage;
  }
}

const first = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a recording in Chromium', () => {
  let folder: string;
  let http: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = temporaryFolder();
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('support/recording-page.ts', import.meta.url))],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      tsconfigRaw: '{}',
      logLevel: 'warning',
    });
    http = createServer(({ url }, response) => {
      const isProgram = url === '/program.js';
      response.writeHead(200, { 'Content-Type': isProgram ? 'text/javascript' : 'text/html' });
      response.end(
        isProgram ? outputFiles[0]!.contents : '<!doctype html><script type="module" src="/program.js"></script>',
      );
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.goto(`http://localhost:${(http.address() as AddressInfo).port}/`);
    await page.waitForFunction(() => 'page' in window);
  });

  afterAll(async () => {
    await browser.close();
    http.closeAllConnections();
    http.close();
    rmSync(folder, { recursive: true });
  });

  async function entriesOf(file: string): Promise<RecordingEntry[]> {
    const entries: RecordingEntry[] = [];
    for await (const entry of readRecording(file)) entries.push(entry);
    return entries;
  }

  const numbersIn = (entries: readonly RecordingEntry[]) =>
    entries.flatMap((entry) => (entry.kind === 'frame' ? [entry.frame.data[2]] : []));

  it("is downloaded whole: every frame once and in order, for MCAP's own reader and for this library's", async () => {
    const options: Recorded = { file: 'flight.mcap', maxFrames: 20, chunkBytes: 10_000 };
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.evaluate((wanted) => window.page.download(wanted), options),
    ]);
    expect(download.suggestedFilename()).toBe('flight.mcap');
    const file = join(folder, 'flight.mcap');
    await download.saveAs(file);
    const { reader, messages, metadata } = await readIndexed(readFileSync(file));
    const images = messages.filter(({ schema }) => schema === 'foxglove.CompressedImage');
    expect(images.map(({ value }) => (value as { data: Uint8Array }).data[2])).toEqual(first(20));
    expect(reader.statistics!.messageCount).toBe(BigInt(messages.length));
    expect(reader.statistics!.chunkCount).toBeGreaterThan(2);
    expect(metadata.get('openmv.recording')!.get('frames')).toBe('20');
    const entries = await entriesOf(file);
    expect(numbersIn(entries)).toEqual(first(20));
    expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['camera', 'channels', 'text', 'summary']));
  });

  it("is split into files of the page's own folder, each of them whole", async () => {
    const options: Recorded = { file: 'flight.mcap', maxFrames: 20, split: { bytes: 20_000 }, chunkBytes: 4000 };
    const { files, error } = await page.evaluate((wanted) => window.page.intoFolder(wanted), options);
    expect(error).toBe('');
    expect(files.length).toBeGreaterThan(2);
    expect(files[0]![0]).toBe('flight-0001.mcap');
    const numbers: (number | undefined)[] = [];
    for (const [name, base64] of files) {
      writeFileSync(join(folder, name), Buffer.from(base64, 'base64'));
      expect(audit(readFileSync(join(folder, name))).faults).toEqual([]);
      const entries = await entriesOf(join(folder, name));
      expect(entries.at(-1)!.kind).toBe('summary');
      numbers.push(...numbersIn(entries));
    }
    expect(numbers).toEqual(first(20));
  });

  it('for which the browser grants no more room says so, and keeps the files that were whole', async () => {
    const cdp = await page.context().newCDPSession(page);
    const { origin } = new URL(page.url());
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 });
    const options: Recorded = { file: 'flight.mcap', maxFrames: 100, split: { bytes: 30_000 }, chunkBytes: 4000 };
    const { files, error } = await page.evaluate((wanted) => window.page.intoFolder(wanted), options);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin });
    expect(error).toMatch(/^DISK_FULL: flight-0003\.mcap .*the storage quota is used up.*may be lost/);
    const found = files.map(([name, base64]) => [name, audit(Buffer.from(base64, 'base64')).end]);
    expect(found).toEqual([
      ['flight-0001.mcap', 'indexed'],
      ['flight-0002.mcap', 'indexed'],
      ['flight-0003.mcap', 'none'],
    ]);
  });
});
