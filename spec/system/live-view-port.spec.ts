import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser } from 'playwright-core';
import { start, type Running } from './command.js';
import { temporaryFolder } from './pty.js';
import { frameAfter, launchBrowser, state } from './support/page.js';
import { Sample } from './support/sample.js';

describe('the live view of a camera on a serial port', () => {
  let folder = '';
  let port = '';
  let camera: Running;
  let browser: Browser;

  beforeAll(async () => {
    folder = temporaryFolder();
    port = join(folder, 'camera');
    camera = start(['virtual', '--pty', port]);
    await camera.firstLine;
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
    camera.child.kill('SIGINT');
    await camera.finished;
    rmSync(folder, { recursive: true });
  });

  it('holds the port only while a page is connected', async () => {
    const sample = new Sample('--port', port, '--listen', '0');
    const url = await sample.url();
    expect(await new Sample('--port', port, '--frames', '3').ended()).toMatchObject({ code: 0 });

    const page = await browser.newPage();
    await page.goto(url);
    await state(page, 'ready');
    await page.locator('#frame[data-frame-index]').waitFor();
    expect(await new Sample('--port', port, '--frames', '3').ended()).toMatchObject({ code: 1 });

    await frameAfter(page, 5);
    await page.close();
    expect(await new Sample('--port', port, '--frames', '3').ended()).toMatchObject({ code: 0 });
    await sample.end();
  });

  it('tells the page why the port can not be opened', async () => {
    const missing = join(folder, 'missing');
    const sample = new Sample('--port', missing, '--listen', '0');
    const page = await browser.newPage();
    await page.goto(await sample.url());
    await state(page, 'lost');
    await page.locator('#reason').getByText(missing).waitFor();
    await page.close();
    expect((await sample.end()).stderr).toContain(missing);
  });
});
