import { readFile } from 'node:fs/promises';
import jpeg from 'jpeg-js';
import { VirtualCamera } from 'openmv-rx/virtual';
import type { Page } from 'playwright-core';
import { bridged, type Bridged } from './support/angular-bridge.js';
import { entries, figure, nextPicture, state } from './support/angular-page.js';
import { AngularSite } from './support/angular-site.js';

let site: AngularSite;
beforeAll(async () => {
  site = await AngularSite.start();
});
const served: Bridged[] = [];
afterAll(async () => {
  await site.close();
  for (const bridge of served) bridge.close();
});

/** A camera that this spec has in its hand, and a page that shows it. */
async function shownCamera(camera: VirtualCamera): Promise<Page> {
  const bridge = await bridged(camera.transport());
  served.push(bridge);
  return site.open({ query: bridge.query });
}

describe.each(['the demo camera', 'a camera behind a bridge'])('the Angular live view of %s', (which) => {
  let page: Page;

  beforeAll(async () => {
    page = await (which === 'the demo camera'
      ? site.open({ query: '?demo' })
      : shownCamera(new VirtualCamera({ stdoutIntervalMs: 200 })));
  });
  afterAll(async () => {
    await page.context().close();
  });

  it('shows pictures that change, and what is to be said of them', async () => {
    await state(page, 'ready');
    await nextPicture(page);
    await page.waitForFunction(() => Number(document.querySelector('omv-picture dd')?.textContent) > 1);
    expect(await figure(page, 'Size').innerText()).toBe('320 × 240');
    expect(await figure(page, 'Format').innerText()).toBe('jpeg');
    expect(await figure(page, 'Bytes').innerText()).toMatch(/^[\d.]+ kB$/);
    expect(await figure(page, 'Throughput').innerText()).toMatch(/^[1-9][\d.]* kB\/s$/);
    expect(await page.getByRole('img', { name: 'What the camera sees' }).count()).toBe(1);
  });

  it('says which camera it is', async () => {
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('OpenMV Cam H7');
    expect(await page.locator('omv-session-bar .why').innerText()).toContain('firmware 5.0.0');
  });

  it('shows the lines that the camera prints', async () => {
    await entries(page, 'omv-console').nth(1).waitFor();
    for (const line of await entries(page, 'omv-console').allInnerTexts())
      expect(line).toMatch(/^frame \d+ – [\d.]+ fps ✓$/);
  });

  it("shows the camera's events in words, with their times", async () => {
    await entries(page, 'omv-event-log').filter({ hasText: 'imu: event 1' }).first().waitFor();
    for (const event of await entries(page, 'omv-event-log').allInnerTexts())
      expect(event).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}\S/);
  });

  it('lists the channels, and what can be done with them', async () => {
    const rows = page.locator('omv-channel-list tbody tr');
    await rows.filter({ hasText: 'controls' }).waitFor();
    const cells = await rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    expect(cells).toContainEqual(['2', 'stdout', 'read', 'firmware']);
    expect(cells).toContainEqual(['3', 'stream', 'read, lock, stream', 'firmware']);
    expect(cells).toContainEqual([expect.any(String), 'controls', 'read, write', 'script']);
  });

  it('saves the frame as it came', async () => {
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save frame' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^frame-\d+\.jpg$/);
    const file = await readFile(await download.path());
    expect(jpeg.decode(file)).toMatchObject({ width: 320, height: 240 });
  });
});

describe('the Angular live view', () => {
  it('shows the first picture within two seconds of the click on the demo camera', async () => {
    const page = await site.open();
    const tookMs = await page.evaluate(async () => {
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const copy = new OffscreenCanvas(8, 6).getContext('2d', { willReadFrequently: true })!;
      const isDrawn = () => {
        const canvas = document.querySelector<HTMLCanvasElement>('omv-picture canvas');
        if (canvas) copy.drawImage(canvas, 0, 0, 8, 6);
        return copy.getImageData(0, 0, 8, 6).data.some((value) => value > 64 && value < 255);
      };
      const begun = performance.now();
      [...document.querySelectorAll('button')].find((button) => button.innerText.includes('demo'))!.click();
      while (!isDrawn()) await frame();
      return performance.now() - begun;
    });
    console.log(`the first picture of the demo camera: ${Math.round(tookMs)} ms after the click`);
    expect(tookMs).toBeLessThan(2000);
    await page.context().close();
  });

  it.each(['grayscale', 'rgb565', 'binary', 'png'] as const)('shows pictures that come as %s', async (format) => {
    const page = await shownCamera(new VirtualCamera({ board: 'N6', format, width: 160, height: 120 }));
    await nextPicture(page);
    expect(await figure(page, 'Format').innerText()).toBe(format);
    await page.context().close();
  });

  it('says which frame can not be shown, and goes on with the next', async () => {
    const blue = new Uint8Array(64 * 48 * 4).map((_, at) => (at % 4 >= 2 ? 255 : at % 251));
    const good = (quality: number) => jpeg.encode({ data: blue, width: 64, height: 48 }, quality).data;
    const bad = new TextEncoder().encode('no picture');
    let pictures: Uint8Array[] = [bad];
    const frameSource = (index: number) => pictures[index % pictures.length]!;
    const page = await shownCamera(new VirtualCamera({ width: 64, height: 48, frameSource }));
    await page.getByText('No picture could be shown yet.').waitFor();
    pictures = [good(20), bad, good(90), new Uint8Array()];
    await page.getByText(/^Passed over \d+ frames: frame \d+, jpeg: .+/).waitFor();
    await nextPicture(page);
    await nextPicture(page);
    await page.context().close();
  });

  it('goes on with a line that was not at its end, and keeps the newest lines', async () => {
    const camera = new VirtualCamera({ stdoutIntervalMs: false, stdoutBytes: 2048 });
    const page = await shownCamera(camera);
    await state(page, 'ready');
    const lines = entries(page, 'omv-console');
    camera.print('one ');
    await lines.filter({ hasText: /^one $/ }).waitFor();
    camera.print('line\r\n\nanother');
    await lines.filter({ hasText: /^another$/ }).waitFor();
    expect(await lines.allTextContents()).toEqual(['one line', '', 'another']);

    for (const from of [0, 200, 400]) {
      camera.print(Array.from({ length: 200 }, (_, at) => `\n${from + at}`).join(''));
      await lines.filter({ hasText: new RegExp(`^${from + 199}$`) }).waitFor();
    }
    expect(await lines.count()).toBe(500);
    expect(await lines.first().textContent()).toBe('100');
    await page.context().close();
  });

  it('follows the text unless the reader has scrolled back; copies and clears it', async () => {
    const camera = new VirtualCamera({ stdoutIntervalMs: false });
    const page = await shownCamera(camera);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await state(page, 'ready');
    const log = page.locator('omv-console [role="log"]');
    const fromEnd = () => log.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);
    const print = async (from: number) => {
      camera.print(Array.from({ length: 40 }, (_, at) => `line ${from + at}\n`).join(''));
      await log.getByText(`line ${from + 39}`, { exact: true }).waitFor({ state: 'attached' });
    };
    await print(0);
    expect(await fromEnd()).toBeLessThan(8);
    await log.evaluate((list) => {
      list.scrollTop = 20;
    });
    await page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    await print(40);
    expect(await log.evaluate((list) => list.scrollTop)).toBe(20);

    await page.locator('omv-console').getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.split('\n')).toEqual(Array.from({ length: 80 }, (_, at) => `line ${at}`));
    await page.locator('omv-console').getByRole('button', { name: 'Clear' }).click();
    await page.getByText('The camera has printed nothing yet.').waitFor();

    // As where the page came by http: from another computer.
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await print(80);
    await page.locator('omv-console').getByRole('button', { name: 'Copy' }).click();
    await page.getByText('The browser did not allow it.').waitFor();
    await page.context().close();
  });

  it('had nothing to complain about', () => {
    expect(site.complaints).toEqual([]);
  });
});
