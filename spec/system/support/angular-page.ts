import type { Locator, Page } from 'playwright-core';

/** Resolves when the page says that the connection is in that state. */
export function state(page: Page, name: string): Promise<void> {
  return page.locator(`omv-session-bar [data-state="${name}"]`).waitFor();
}

/** Resolves when there is a picture, and if a hash is given another one than that, with the hash of its pixels. */
export async function picture(page: Page, before = 0): Promise<number> {
  const hash = await page.waitForFunction(pixels, before, { polling: 'raf' });
  return hash.jsonValue();
}

/** Resolves when the picture is another than it is now. */
export async function nextPicture(page: Page): Promise<number> {
  return picture(page, await picture(page));
}

/** The figure of that name under the picture. */
export function figure(page: Page, name: string): Locator {
  return page.locator('omv-picture dl > div', { has: page.getByText(name, { exact: true }) }).locator('dd');
}

/** The lines of the console, or of the event log. */
export function entries(page: Page, of: 'omv-console' | 'omv-event-log'): Locator {
  return page.locator(`${of} [role="log"] > div`);
}

/**
 * A hash of what the canvas shows; 0 while that is one colour, or has the hash that it had before. Runs in the page. The
 * canvas is drawn on in a worker, so that it is read through another one.
 */
function pixels(before: number): number {
  const canvas = document.querySelector<HTMLCanvasElement>('omv-picture canvas');
  if (!canvas) return 0;
  const copy = new OffscreenCanvas(64, 48);
  const context = copy.getContext('2d')!;
  context.drawImage(canvas, 0, 0, 64, 48);
  const words = new Uint32Array(context.getImageData(0, 0, 64, 48).data.buffer);
  if (words.every((word) => word === words[0])) return 0;
  const hash = words.reduce((sum, word) => (Math.imul(sum, 31) + word) | 0, 1);
  return hash === before ? 0 : hash;
}
