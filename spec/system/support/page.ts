import { chromium, type Browser, type Page } from 'playwright-core';

/** Debian's Chromium, told to keep to itself. */
export function launchBrowser(...more: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

/** A picture on the page: its frame's index and size in bytes, and a hash of its pixels. */
export interface Shown {
  readonly index: number;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: number;
}

/** What the page shows of the newest frame. */
export function shown(page: Page): Promise<Shown> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#frame')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const { frameIndex, frameBytes } = canvas.dataset;
    return {
      index: Number(frameIndex),
      bytes: Number(frameBytes),
      width: canvas.width,
      height: canvas.height,
      pixels: data.reduce((hash, value) => (Math.imul(hash, 31) + value) | 0, 0),
    };
  });
}

/** Resolves when the page shows a later frame than that. */
export function frameAfter(page: Page, index: number): Promise<unknown> {
  return page.waitForFunction(
    (after) => Number(document.querySelector<HTMLElement>('#frame')!.dataset['frameIndex']) > after,
    index,
  );
}

/** Resolves when the page shows that state of the connection. */
export function state(page: Page, name: string): Promise<void> {
  return page.locator(`#state[data-state="${name}"]`).waitFor();
}
