import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { VirtualCamera } from 'openmv-rx/virtual';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { EMPTY, Subject, Subscription } from 'rxjs';
import { inAngular, inBrowser, snippetsOf } from '../docs/snippet.js';
import { launchBrowser } from './support/page.js';

const webSerial = 'spec/docs/stand-ins/navigator-serial.ts';
const [page = ''] = inBrowser;
const snippets = snippetsOf(page);
const html = /^```html\n(.*?)^```$/ms.exec(readFileSync(page, 'utf8'))?.[1] ?? '';

/** `openmv-rx` as it is built: `npm run test:system` does that first, for the Angular sample too. */
async function bundled(contents: string, folder = 'spec/docs/stand-ins'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader: 'ts', resolveDir: join(process.cwd(), folder) },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    tsconfigRaw: '{ "compilerOptions": { "experimentalDecorators": true } }',
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

const appRoot = '<app-root></app-root><script type="module" src="page.js"></script>';

/** The guide's Angular application, started as the guide says; its template is compiled in the page. */
const angular = (): Promise<string> =>
  bundled(
    `import '@angular/compiler';
     import { bootstrapApplication } from '@angular/platform-browser';
     ${snippetsOf(inAngular)[0]!.code}
     void bootstrapApplication(App, config);`,
    'samples/angular-live-view',
  );

describe('the programs of the documents for pages', () => {
  let browser: Browser;
  const complaints: string[] = [];
  const cameras = new Subscription();

  /** A page as the guide shows it, with a program, of a browser that has Web Serial or not. */
  const open = async (program: string, { body = html, serial = true } = {}): Promise<Page> => {
    const opened = await browser.newPage();
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    const files = new Map([
      ['/', { contentType: 'text/html', body }],
      ['/page.js', { contentType: 'text/javascript', body: program }],
    ]);
    await opened.route('**/*', (route) => {
      const file = files.get(new URL(route.request().url()).pathname);
      return file === undefined ? route.fulfill({ status: 204 }) : route.fulfill(file);
    });
    await opened.routeWebSocket(/.*/, (socket) => cameras.add(cameraAt(socket)));
    const content = serial ? await bundled(readFileSync(webSerial, 'utf8')) : 'delete Navigator.prototype.serial;';
    await opened.addInitScript({ content });
    await opened.goto('http://localhost/');
    return opened;
  };

  const guide = async (number: number): Promise<Page> => open(await bundled(snippets[number]!.code));

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

  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

  afterAll(async () => {
    cameras.unsubscribe();
    await browser.close();
  });

  it('are four of the guide, in a page that it shows', () => {
    expect(inBrowser).toEqual([page]);
    expect(snippets).toHaveLength(4);
    expect(html).toContain('<script type="module" src="page.js">');
  });

  it('shows a camera at Web Serial when the button is pressed', async () => {
    const shown = await guide(0);
    await shown.click('button');
    await picture(shown);
    expect(await shown.innerText('button')).toBe('Connect');
  });

  it('shows the state and the text of a camera behind a bridge', async () => {
    const shown = await guide(1);
    await shown.waitForFunction(() => document.querySelector('pre')!.textContent.split('\n').length > 2);
    expect(await shown.innerText('pre')).toMatch(/^frame \d+ – [\d.]+ fps ✓\n/);
    expect(await shown.title()).toBe('camera: ready');
  });

  it('shows uncompressed pictures', async () => {
    await picture(await guide(2));
  });

  it("opens the camera in the guide's Angular application when its button is pressed", async () => {
    const shown = await open(await angular(), { body: appRoot });
    await shown.getByText('closed: nobody uses the camera yet').waitFor();
    await shown.getByRole('button', { name: 'Connect' }).click();
    await shown.getByText('ready: connected').waitFor();
    await shown.getByText(/^frame \d+: 320 × 240 jpeg$/).waitFor();
  });

  it('says in that application why there is no camera', async () => {
    const shown = await open(await angular(), { body: appRoot, serial: false });
    await shown.getByRole('button').click();
    await shown.getByText(/^closed: .*Web Serial/).waitFor();
  });

  it('shows the pixels of JPEGs, frame by frame in a loop', async () => {
    await picture(await guide(3));
  });

  it('complain of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
