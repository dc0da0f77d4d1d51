import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expectOneLineFailure, run, start } from './command.js';
import { temporaryFolder } from './pty.js';
import { frameAfter, launchBrowser, shown, state } from './support/page.js';
import { type Printing, startPrinting } from './support/printed-lines.js';

const urlOf = async (view: Printing): Promise<string> => (await view.line('url'))['url']!;

describe('openmv-rx view', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  const open = async (url: string, complaints: string[]): Promise<Page> => {
    const page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(url);
    return page;
  };

  it('shows pictures that change and the text of the camera, and tells a second page who has it', async () => {
    const view = startPrinting('view', '--virtual', '--listen', '0', '--no-open');
    const complaints: string[] = [];
    const url = await urlOf(view);
    const page = await open(url, complaints);
    await state(page, 'ready');
    await frameAfter(page, 0);
    const first = await shown(page);
    await frameAfter(page, first.index + 3);
    expect(first).toMatchObject({ width: 320, height: 240 });
    expect((await shown(page)).pixels).not.toBe(first.pixels);
    await page.locator('#text > li').first().waitFor();
    await page.locator('#quality').press('Home');
    await page.locator('#confirmed[data-quality="5"]').waitFor();
    const second = await open(url, complaints);
    await second.getByText('Another page or program is using the camera.').waitFor();
    await second.close();
    expect(complaints).toEqual([]);
    await view.end();
    await page.close();
  });

  it('says on the page, and once here, that the camera is not there', async () => {
    const view = startPrinting('view', '--port', '/dev/no-such-port', '--listen', '0', '--no-open');
    const page = await open(await urlOf(view), []);
    await page.getByText('/dev/no-such-port does not exist').waitFor();
    expect((await view.line('reason'))['reason']).toMatch(/no-such-port does not exist/);
    for (let tries = 0; tries < 2; tries++) await page.waitForEvent('websocket');
    await view.end();
    expect((await view.finished).stdout.split('\n').filter((line) => line.includes('reason'))).toHaveLength(1);
    await page.close();
  });

  describe('opens the page in the browser', () => {
    let folder: string;
    let visited: string;
    const withBrowser = (script: string): NodeJS.ProcessEnv => {
      writeFileSync(join(folder, 'browser'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      // What xdg-open takes where there is no desktop.
      return { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, BROWSER: join(folder, 'browser') };
    };
    beforeEach(() => {
      folder = temporaryFolder();
      visited = join(folder, 'visited');
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('that the person has', async () => {
      const env = withBrowser(`echo "$1" > ${visited}.new && mv ${visited}.new ${visited}`);
      const { child, firstLine, finished } = start(['view', '--virtual', '--listen', '0'], { env });
      const [url] = /http:\/\/localhost:\d+/.exec(await firstLine)!;
      while (!existsSync(visited)) await new Promise(setImmediate);
      expect(readFileSync(visited, 'utf8')).toBe(`${url}\n`);
      child.kill('SIGINT');
      expect(await finished).toMatchObject({ code: 0, stderr: '' });
    });

    it('but not with --no-open', async () => {
      const env = withBrowser(`touch ${visited}`);
      const { child, firstLine, finished } = start(['view', '--virtual', '--listen', '0', '--no-open'], { env });
      await firstLine;
      child.kill('SIGTERM');
      expect(await finished).toMatchObject({ code: 0, stderr: '' });
      expect(existsSync(visited)).toBe(false);
    });
  });

  it('fails where the port that was asked for is in use', async () => {
    const view = startPrinting('view', '--virtual', '--no-open', '--listen', '0');
    const url = await urlOf(view);
    const taken = ['view', '--virtual', '--no-open', '--listen', new URL(url).port];
    expectOneLineFailure(await run(taken), 'in use by another program');
    await view.end();
    await expect(fetch(url)).rejects.toThrow();
  });
});
