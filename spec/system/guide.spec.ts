import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { VirtualCamera } from 'openmv-rx';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { EMPTY, Subject, Subscription } from 'rxjs';
import { inBrowser, snippetsOf } from '../docs/snippet.js';
import { launchBrowser } from './support/page.js';

const webSerial = 'spec/docs/stand-ins/navigator-serial.ts';
const [page = ''] = inBrowser;
const snippets = snippetsOf(page);
const html = /^```html\n(.*?)^```$/ms.exec(readFileSync(page, 'utf8'))?.[1] ?? '';

/** `openmv-rx` as it is built: `npm run test:system` does that first. */
async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader: 'ts', resolveDir: join(process.cwd(), 'spec/docs/stand-ins') },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    tsconfigRaw: '{}',
  });
  return outputFiles[0]!.text;
}

/** A camera at the other end of a WebSocket of the page, wherever that leads. */
function cameraAt(socket: WebSocketRoute): Subscription {
  const bytes$ = new Subject<Uint8Array>();
  socket.onMessage((message) => bytes$.next(new Uint8Array(message as Buffer)));
  return new VirtualCamera({ stdoutIntervalMs: 50 }).attach({
    bytes$,
    write: (bytes) => {
      socket.send(Buffer.from(bytes));
      return EMPTY;
    },
  });
}

describe('the programs of the guide for pages', () => {
  let browser: Browser;
  const complaints: string[] = [];
  const cameras = new Subscription();

  /** A page as the guide shows it, with one of its programs. */
  const open = async (number: number): Promise<Page> => {
    const opened = await browser.newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    const files = new Map([
      ['/', { contentType: 'text/html', body: html }],
      ['/page.js', { contentType: 'text/javascript', body: await bundled(snippets[number]!.code) }],
    ]);
    await opened.route('**/*', (route) => {
      const file = files.get(new URL(route.request().url()).pathname);
      return file === undefined ? route.fulfill({ status: 204 }) : route.fulfill(file);
    });
    await opened.routeWebSocket(/.*/, (socket) => cameras.add(cameraAt(socket)));
    await opened.addInitScript({ content: await bundled(readFileSync(webSerial, 'utf8')) });
    await opened.goto('http://localhost/');
    return opened;
  };

  /** Resolves when the canvas shows a picture: of more than a few colours. */
  const picture = (shown: Page): Promise<unknown> =>
    shown.waitForFunction(() => {
      const canvas = document.querySelector('canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size > 8;
    });

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(async () => {
    cameras.unsubscribe();
    await browser.close();
  });

  it('are these four, in a page that the guide shows', () => {
    expect(inBrowser).toEqual([page]);
    expect(snippets).toHaveLength(4);
    expect(html).toContain('<script type="module" src="page.js">');
  });

  it('shows a camera at Web Serial when the button is pressed', async () => {
    const shown = await open(0);
    await shown.click('button');
    await picture(shown);
    expect(await shown.innerText('button')).toBe('Connect');
  });

  it('shows the state and the text of a camera behind a bridge', async () => {
    const shown = await open(1);
    await shown.waitForFunction(() => document.querySelector('pre')!.textContent.split('\n').length > 2);
    expect(await shown.innerText('pre')).toMatch(/^frame \d+ – [\d.]+ fps ✓\n/);
    expect(await shown.title()).toBe('camera: ready');
  });

  it('shows uncompressed pictures', async () => {
    await picture(await open(2));
  });

  it('shows the pixels of JPEGs, frame by frame in a loop', async () => {
    await picture(await open(3));
  });

  it('complain of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
