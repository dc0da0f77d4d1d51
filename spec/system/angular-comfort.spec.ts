import { VirtualCamera } from 'openmv-rx/virtual';
import type { Locator, Page } from 'playwright-core';
import { bridged, type Bridged } from './support/angular-bridge.js';
import { faintTexts } from './support/angular-contrast.js';
import { entries, figure, nextPicture, state } from './support/angular-page.js';
import { AngularSite } from './support/angular-site.js';
import { startPrinting } from './support/printed-lines.js';

let site: AngularSite;
beforeAll(async () => {
  site = await AngularSite.start();
});
const served: Bridged[] = [];
afterAll(async () => {
  await site.close();
  for (const bridge of served) bridge.close();
});

async function serve(camera: VirtualCamera): Promise<Bridged> {
  const bridge = await bridged(camera.transport());
  served.push(bridge);
  return bridge;
}

/** What has the keyboard, by its name for people, and whether that is seen. */
function focused(page: Page): Promise<{ name: string; isSeen: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const names = [element.innerText, element.id, element.getAttribute('aria-label'), element.tagName];
    // The frame around an editor shows it for that.
    const shows = [element, element.parentElement!].map((shown) => getComputedStyle(shown));
    return {
      name: names.find((name) => name !== '' && name !== null)!,
      isSeen: shows.some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2),
    };
  });
}

/** Presses the tabulator key until that has the keyboard; tells what had it on the way. */
async function tabTo(page: Page, name: string): Promise<string[]> {
  const passed: string[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const { name: now, isSeen } = await focused(page);
    expect({ now, isSeen }).toEqual({ now, isSeen: true });
    if (now === name) return passed;
    passed.push(now);
    // An editor keeps the key for itself, and says how it is left.
    if (now === 'Script') await page.keyboard.press('Escape');
    if (passed.length > 60) throw new Error(`the tabulator key does not lead to ${name}, but to ${passed.join(', ')}`);
  }
}

describe('the Angular live view by keyboard', () => {
  it('leads from the choice to a moving picture, through its parts, and back', async () => {
    const page = await site.open();
    expect(await tabTo(page, 'Open the demo camera')).toEqual([
      'Choose a camera…',
      'bridge-url',
      'bridge-token',
      'Connect',
    ]);
    await page.keyboard.press('Enter');
    await nextPicture(page);
    expect(await page.evaluate(() => document.activeElement!.tagName)).toBe('H1');
    // There is something to clear.
    await entries(page, 'omv-console').first().waitFor();
    expect(await tabTo(page, 'Clear')).toEqual(expect.arrayContaining(['Leave', 'Save frame', 'Full screen', 'Copy']));
    await page.getByRole('button', { name: 'Leave' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Which camera?' }).waitFor();
    expect((await focused(page)).name).toBe('Which camera?');
    await page.context().close();
  });

  it('has one heading of the first level, a main part, and a name for each button and field', async () => {
    const page = await site.open({ query: '?demo' });
    await nextPicture(page);
    expect(await page.getByRole('main').count()).toBe(1);
    expect(await page.getByRole('banner').count()).toBe(1);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    const snapshot = await page.locator('body').ariaSnapshot();
    expect(snapshot).not.toMatch(/- (button|textbox|slider|combobox|checkbox|radio|spinbutton)(:|$| \[)/m);
    // Whoever hears the page hears no line of text and no event, and no figure that changes.
    await page.locator('omv-label').getByText('°C').waitFor();
    expect(await page.locator(':is([role="log"], output):not([aria-live="off"])').count()).toBe(0);
    await page.context().close();
  });
});

describe.each(['light', 'dark'] as const)('the Angular live view in %s colours', (colorScheme) => {
  let page: Page;
  beforeAll(async () => {
    page = await site.open({ colorScheme });
  });
  afterAll(() => page.context().close());

  it('has texts of enough contrast: at the choice, with a camera, and without one', async () => {
    await page.goto(`${site.url}?bridge=nonsense`);
    await page
      .getByRole('alert')
      .getByText('url must be the URL of a WebSocket, such as ws://localhost:8787')
      .waitFor();
    await page.goto(site.url);
    await page.getByRole('button', { name: 'Choose a camera' }).waitFor();
    await page.getByLabel('Address').fill('nonsense');
    await page.getByLabel('Address').press('Enter');
    await page.getByText('url must be the URL of a WebSocket, such as ws://localhost:8787').waitFor();
    const atTheChoice = await faintTexts(page);
    expect(atTheChoice.faint).toEqual([]);
    expect(atTheChoice.texts).toBeGreaterThan(10);

    const bridge = await serve(new VirtualCamera({ stdoutIntervalMs: 100 }));
    await page.goto(`${site.url}${bridge.query}`);
    await nextPicture(page);
    await entries(page, 'omv-console').first().waitFor();
    const withCamera = await faintTexts(page);
    expect(withCamera.faint).toEqual([]);
    expect(withCamera.texts).toBeGreaterThan(40);

    bridge.close();
    await state(page, 'lost');
    expect((await faintTexts(page)).faint).toEqual([]);
  });

  it('looks as the person wants it', async () => {
    const [red = 0] = await page.evaluate(() =>
      getComputedStyle(document.body).backgroundColor.match(/\d+/g)!.map(Number),
    );
    expect(red > 128).toBe(colorScheme === 'light');
  });
});

describe('the Angular live view on a phone', () => {
  it('needs no scrolling to the side, and its buttons are large enough for a finger', async () => {
    const page = await site.open({ viewport: { width: 360, height: 740 }, hasTouch: true });
    const width = () => page.evaluate(() => document.scrollingElement!.scrollWidth);
    await page.getByRole('button', { name: 'Connect' }).waitFor();
    expect(await width()).toBe(360);
    await page.getByRole('button', { name: 'Open the demo camera' }).tap();
    await nextPicture(page);
    await entries(page, 'omv-console').first().waitFor();
    await page.locator('omv-channel-list tbody tr').filter({ hasText: 'controls' }).waitFor();
    expect(await width()).toBe(360);
    const heights = await page
      .locator('button')
      .evaluateAll((all) => all.map((button) => button.getBoundingClientRect().height));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(24);
    await page.context().close();
  });

  it('has in sight, on a small screen, each way to a camera, and then the panel of the script that was run', async () => {
    const page = await site.open({ viewport: { width: 1280, height: 800 } });
    const bottom = async (of: Locator) => {
      const { y, height } = (await of.boundingBox())!;
      return y + height;
    };
    const demo = page.getByRole('button', { name: 'Open the demo camera' });
    expect(await bottom(demo)).toBeLessThan(800);
    await demo.click();
    const script = page.locator('omv-script');
    await script.getByRole('combobox', { name: 'Examples' }).selectOption({ label: 'A channel with a slider' });
    await script.getByRole('button', { name: 'Run', exact: true }).click();
    const slider = page.getByRole('group', { name: 'panel', exact: true }).getByRole('slider', { name: 'gain' });
    expect(await bottom(slider)).toBeLessThan(800);
    await page.context().close();
  });

  it('is as large as its reader has told the browser, and still needs no scrolling to the side', async () => {
    const page = await site.open({ viewport: { width: 360, height: 740 } });
    const browser = await page.context().newCDPSession(page);
    await browser.send('Page.setFontSizes', { fontSizes: { standard: 32 } });
    await page.goto(`${site.url}?demo`);
    await page.locator('omv-channel-list tbody tr').filter({ hasText: 'controls' }).waitFor();
    expect(
      await page.evaluate(() => ({
        size: getComputedStyle(document.body).fontSize,
        width: document.scrollingElement!.scrollWidth,
      })),
    ).toEqual({ size: '32px', width: 360 });
    await page.context().close();
  });
});

describe('the Angular live view of large frames', () => {
  it('stays fluid while raw pictures of half a megabyte stream', async () => {
    // In processes of their own, so that the page is what is measured.
    const camera = startPrinting('virtual', '--board', 'N6', '--size', '512x480', '--format', 'rgb565', '--tcp', '0');
    const { tcp } = await camera.line('tcp');
    const bridge = startPrinting('bridge', '--tcp', tcp!, '--listen', '0');
    const { listening } = await bridge.line('listening');
    const page = await site.open({ query: `?bridge=${encodeURIComponent(listening!)}` });
    await nextPicture(page);
    expect(await figure(page, 'Format').innerText()).toBe('rgb565');
    expect(await figure(page, 'Size').innerText()).toBe('512 × 480');
    const { gaps, longest } = await page.evaluate(async () => {
      const tasks: number[] = [0];
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) tasks.push(duration);
      });
      observer.observe({ type: 'longtask' });
      const shown = () => Number(document.querySelector('omv-picture dl > :last-child dd')!.textContent);
      const first = shown();
      const begun = performance.now();
      const frames: number[] = [];
      // However slow the machine is: ten pictures.
      for (let now = begun; now - begun < 3000 || shown() < first + 10; frames.push(now))
        now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      observer.disconnect();
      return { gaps: frames.slice(1).map((at, i) => at - frames[i]!), longest: Math.max(...tasks) };
    });
    gaps.sort((a, b) => a - b);
    const [median, p95] = [0.5, 0.95].map((share) => gaps[Math.floor(gaps.length * share)]!);
    const rate = await figure(page, 'Frames a second').innerText();
    console.log(
      `at ${rate} raw frames of 512 × 480 a second: from one drawing to the next ${median!.toFixed(1)} ms, 95 % below ` +
        `${p95!.toFixed(1)} ms, longest ${gaps.at(-1)!.toFixed(1)} ms; longest task ${longest} ms`,
    );
    expect(p95).toBeLessThan(100);
    await page.context().close();
    await bridge.end();
    await camera.end();
  });
});

describe('the Angular live view of much text', () => {
  it('is drawn no oftener than the screen, however many lines come', async () => {
    const camera = new VirtualCamera({ stdoutIntervalMs: false, stdoutBytes: 2048, pollIntervalMs: 2 });
    const page = await site.open({ query: (await serve(camera)).query });
    await state(page, 'ready');
    await page.evaluate(() => {
      const seen = { draws: 0, changes: 0 };
      Object.assign(globalThis, { seen });
      const draw = () => {
        seen.draws++;
        requestAnimationFrame(draw);
      };
      requestAnimationFrame(draw);
      new MutationObserver(() => seen.changes++).observe(document.querySelector('omv-console [role="log"]')!, {
        childList: true,
      });
    });
    let printed = 0;
    const printing = setInterval(() => {
      for (let more = 0; more < 10; more++) camera.print(`line ${printed++}\n`);
    }, 10);
    await entries(page, 'omv-console')
      .filter({ hasText: /^line \d{4}$/ })
      .first()
      .waitFor();
    clearInterval(printing);
    const { draws, changes } = await page.evaluate(
      () => (globalThis as unknown as { seen: { draws: number; changes: number } }).seen,
    );
    console.log(`${printed} lines printed: ${changes} changes of the log in ${draws} drawings`);
    expect(changes).toBeLessThanOrEqual(draws + 1);
    expect(changes).toBeLessThan(printed / 4);
    await page.context().close();
  });
});

it('had nothing to complain about but connections that failed', () => {
  const others = site.complaints.filter((complaint) => !complaint.startsWith('WebSocket connection to'));
  expect(others).toEqual([]);
});
