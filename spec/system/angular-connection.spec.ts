import { VirtualCamera } from 'openmv-rx/virtual';
import type { Page } from 'playwright-core';
import { elementAt, filter, firstValueFrom } from 'rxjs';
import { bridged, type Bridged } from './support/angular-bridge.js';
import { nextPicture, state } from './support/angular-page.js';
import { fakePlugs, fakeSerialScript } from './support/angular-serial.js';
import { AngularSite } from './support/angular-site.js';
import { startPrinting } from './support/printed-lines.js';
import { StandingPort } from './support/standing-port.js';

let site: AngularSite;
beforeAll(async () => {
  site = await AngularSite.start();
});

/** What a test has opened, closed in any case. */
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => site.close());

async function opened(...options: Parameters<AngularSite['open']>): Promise<Page> {
  const page = await site.open(...options);
  open.push(() => page.context().close());
  return page;
}

async function served(camera: VirtualCamera, token?: string): Promise<Bridged> {
  const bridge = await bridged(camera.transport(), token);
  open.push(() => bridge.close());
  return bridge;
}

const why = (page: Page) => page.locator('omv-session-bar .why').innerText();
/** What a page holds, also of what is not on it any more. */
interface Held {
  readonly nodes: number;
  readonly listeners: number;
}

async function heldBy(page: Page): Promise<Held> {
  const browser = await page.context().newCDPSession(page);
  await browser.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners: listeners } = await browser.send('Memory.getDOMCounters');
  await browser.detach();
  return { nodes, listeners };
}

/** When the page has closed the camera's port, so many times. */
const disconnected = ({ events$ }: Bridged, times = 1) =>
  firstValueFrom(
    events$.pipe(
      filter((event) => 'disconnected' in event),
      elementAt(times - 1),
    ),
  );

describe('the choice of a way, in the Angular live view', () => {
  it('connects to a bridge with its token, and remembers the address, but not the token', async () => {
    const bridge = await served(new VirtualCamera(), 'secret');
    const page = await opened();
    await page.getByLabel('Address').fill(bridge.url);
    await page.getByLabel('Token').fill('secret');
    await page.getByRole('button', { name: 'Connect' }).click();
    await nextPicture(page);
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('secret');

    await page.reload();
    expect(await page.getByLabel('Address').inputValue()).toBe(bridge.url);
    expect(await page.getByLabel('Token').inputValue()).toBe('');
    expect(await page.getByRole('heading', { name: 'the last time' }).innerText()).toContain('Bridge');
  });

  it('says that a token is wrong', async () => {
    const bridge = await served(new VirtualCamera(), 'secret');
    const page = await opened({ query: bridge.query });
    await state(page, 'lost');
    expect(await why(page)).toMatch(/a token is needed.* Retrying…$/);
  });

  it('begins with the address of the bridge on this computer, and says what serves one', async () => {
    const page = await opened();
    expect(await page.getByLabel('Address').inputValue()).toBe('ws://localhost:8787');
    await page.getByText('npx openmv-rx bridge --port').waitFor();
  });

  it('says what is wrong with an address', async () => {
    const page = await opened();
    await page.getByLabel('Address').fill('localhost:8787');
    await page.getByLabel('Address').press('Enter');
    await page.getByText('the URL of a WebSocket begins with ws:// or wss://').waitFor();
    expect(await page.getByLabel('Address').getAttribute('aria-invalid')).toBe('true');
  });

  it('says why a browser without Web Serial has no USB port, and what to do', async () => {
    const page = await opened({ before: 'delete Navigator.prototype.serial' });
    await page.getByText(/no serial ports for pages\. Chrome, Edge and Opera .* bridge/).waitFor();
    expect(await page.getByRole('button', { name: 'Choose a camera' }).count()).toBe(0);
  });
});

describe('the connection, in the Angular live view', () => {
  it('survives that a camera behind a bridge goes and comes back, and shows both', async () => {
    const first = startPrinting('virtual', '--tcp', '0');
    const place = await StandingPort.open();
    open.push(() => place.close());
    place.leadTo((await first.line('tcp'))['tcp']!.split(':').at(-1));
    const bridge = startPrinting('bridge', '--tcp', `127.0.0.1:${place.port}`, '--listen', '0');
    open.push(() => bridge.end());
    const { listening } = await bridge.line('listening');
    const page = await opened({ query: `?bridge=${encodeURIComponent(listening!)}` });
    await nextPicture(page);

    first.child.kill('SIGKILL');
    place.leadTo();
    await state(page, 'lost');
    await page.locator('omv-picture canvas.stale').waitFor();
    expect(await why(page)).toMatch(/\S.* Retrying…$/);

    const second = startPrinting('virtual', '--tcp', '0');
    open.push(() => second.end());
    place.leadTo((await second.line('tcp'))['tcp']!.split(':').at(-1));
    await state(page, 'ready');
    await page.locator('omv-picture canvas:not(.stale)').waitFor();
    await nextPicture(page);
  });

  it('shows a camera at a USB port, that it was unplugged, and the same one when it is plugged in again', async () => {
    const camera = new VirtualCamera();
    let usb = await served(camera);
    const page = await opened({ before: await fakeSerialScript() });
    const plugs = await fakePlugs(page);
    await page.getByRole('button', { name: 'Choose a camera' }).click();
    await page.getByText('no camera was chosen').waitFor();

    await plugs.evaluate((ports, url) => ports.choose(url), usb.url);
    await page.getByRole('button', { name: 'Choose a camera' }).click();
    await nextPicture(page);

    usb.close();
    await state(page, 'lost');
    expect(await why(page)).toMatch(/was it unplugged.* Retrying…$/);
    usb = await served(camera);
    await plugs.evaluate((ports, url) => ports.plugIn(url), usb.url);
    await state(page, 'ready');
    await nextPicture(page);

    await page.getByRole('button', { name: 'Leave' }).click();
    await disconnected(usb);
    expect(await plugs.evaluate((ports) => ports.isOpen())).toBe(false);
  });

  it('says that the camera reboots, and goes on by itself', async () => {
    const camera = new VirtualCamera();
    const page = await opened({ query: (await served(camera)).query });
    await nextPicture(page);
    // The state may be short, so every change of the page is checked. The observer is installed before the camera reboots.
    const seen = await page.evaluateHandle(() => ({
      text: new Promise<string>((resolve) => {
        const look = (): void => {
          const text = document.querySelector('omv-session-bar')!.textContent;
          if (text.includes('Rebooting')) resolve(text);
        };
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
    }));
    camera.device.softReboot();
    expect(await seen.evaluate(({ text }) => text)).toContain('The camera comes back by itself.');
    await state(page, 'ready');
    await nextPicture(page);
  });

  it('closes the port when the camera is left, and opens it anew; the page holds no more than before', async () => {
    const bridge = await served(new VirtualCamera());
    const page = await opened();
    await page.getByLabel('Address').fill(bridge.url);
    const held: Held[] = [];
    for (const round of [1, 2, 3, 4]) {
      await page.getByRole('button', { name: 'Connect' }).click();
      await nextPicture(page);
      await page.getByRole('button', { name: 'Leave' }).click();
      await page.getByRole('heading', { name: 'Which camera?' }).waitFor();
      expect(await disconnected(bridge, round)).not.toHaveProperty('reason');
      expect(page.workers()).toEqual([]);
      held.push(await heldBy(page));
    }
    // What the browser keeps of the first visits, it keeps once; a visit has hundreds of nodes.
    const [, , before, after] = held;
    expect(after!.listeners).toBeLessThanOrEqual(before!.listeners);
    expect(after!.nodes - before!.nodes).toBeLessThan(100);
  });

  it('says in words that another page has the camera, and takes it when that is closed', async () => {
    const { query } = await served(new VirtualCamera());
    const first = await site.open({ query });
    await nextPicture(first);
    const second = await opened({ query });
    await second.locator('omv-session-bar').getByText('In use', { exact: true }).waitFor();
    expect(await why(second)).toMatch(
      /^Another page or program is using the camera\. Close it, and this page connects/,
    );
    await first.context().close();
    await nextPicture(second);
  });

  it('says that nothing serves a camera there, and takes the one that comes', async () => {
    const place = await StandingPort.open();
    open.push(() => place.close());
    const page = await opened({ query: `?bridge=${encodeURIComponent(`ws://127.0.0.1:${place.port}`)}` });
    await state(page, 'lost');
    await page.getByText('Waiting for camera').first().waitFor();
    place.leadTo(new URL((await served(new VirtualCamera())).url).port);
    await nextPicture(page);
  });
});

it('had nothing to complain about but connections that failed', () => {
  const others = site.complaints.filter((complaint) => !complaint.startsWith('WebSocket connection to'));
  expect(others).toEqual([]);
});
