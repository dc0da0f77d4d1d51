// The pictures of samples/angular-live-view/README.md: `npm run angular:screenshots`.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VirtualCamera } from 'openmv-rx/virtual';
import type { Page } from 'playwright-core';
import { bridged } from './angular-bridge.js';
import { entries, picture, state } from './angular-page.js';
import { AngularSite, type PageOptions } from './angular-site.js';

const FOLDER = 'samples/angular-live-view/screenshots';
/** A reader of the README waits for all of them. */
const MOST_BYTES = 200_000;

interface Shot extends PageOptions {
  /** Until the page is as it is to be seen. */
  readonly ready: (page: Page) => Promise<unknown>;
  /** The part of the page. Default: all that fits the window. */
  readonly part?: string;
}

const SHOTS: Readonly<Record<string, Shot>> = {
  ways: { viewport: { width: 760, height: 880 }, ready: (page) => page.getByText('Which camera?').waitFor() },
  light: { query: '?demo', viewport: { width: 1280, height: 1000 }, ready: isBusy },
  dark: { query: '?demo', viewport: { width: 1280, height: 1000 }, colorScheme: 'dark', ready: isBusy },
  phone: { query: '?demo', viewport: { width: 360, height: 780 }, ready: isBusy },
  lost: { viewport: { width: 1280, height: 760 }, ready: isLost },
  panel: { query: '?demo', part: 'omv-panel', ready: isBusy },
  script: { query: '?demo', part: 'omv-script', ready: hasFailed },
  recording: { query: '?demo', part: 'omv-session-bar', ready: isRecording },
};

/** Takes all of them. */
export async function takeScreenshots(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const site = await AngularSite.start();
  for (const [name, { ready, part, ...options }] of Object.entries(SHOTS)) {
    const page = await site.open(options);
    await ready(page);
    const path = join(FOLDER, `${name}.png`);
    // Nothing is caught in the middle of a movement.
    const how = { path, animations: 'disabled' } as const;
    await (part === undefined ? page.screenshot(how) : page.locator(part).screenshot(how));
    const { size } = await stat(path);
    console.log(`${path}: ${size} bytes`);
    if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MOST_BYTES}`);
    await page.context().close();
  }
  await site.close();
}

/** A camera that has shown something everywhere. */
async function isBusy(page: Page): Promise<void> {
  await state(page, 'ready');
  await picture(page);
  await entries(page, 'omv-console').nth(2).waitFor();
  await page.evaluate(() => {
    (document.activeElement as HTMLElement).blur();
    scrollTo(0, 0);
  });
}

async function isLost(page: Page): Promise<void> {
  const served = await bridged(new VirtualCamera().transport());
  await page.goto(page.url() + served.query);
  await isBusy(page);
  served.close();
  await state(page, 'lost');
}

/** The script of the example that fails has done so. */
async function hasFailed(page: Page): Promise<void> {
  await isBusy(page);
  const script = page.locator('omv-script');
  await script.getByRole('combobox', { name: 'Examples' }).selectOption({ label: 'Fail, and say where' });
  await script.getByRole('button', { name: 'Run', exact: true }).click();
  await script.getByRole('alert').waitFor();
  await script.getByText('Not running').waitFor();
}

async function isRecording(page: Page): Promise<void> {
  await isBusy(page);
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await page.getByText('0:03', { exact: true }).waitFor();
}
