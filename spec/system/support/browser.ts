import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Connection, OpenMVError, type ErrorCode, type Transport } from 'openmv-rx';
import type { Browser, Page } from 'playwright-core';
import { AsyncSubject, filter, firstValueFrom, Observable, Subject } from 'rxjs';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Failure, Order, Report } from './browser-orders.js';
import type { Seen } from './five-frames.js';
import { launchBrowser } from './page.js';

/** A site that is not this computer. */
export const ELSEWHERE = 'camera.example';

/** A transport of the page, which is opened, written and read there. */
export interface PageTransport extends Transport {
  /** Runs the program there. */
  fiveFrames(): Promise<Seen>;
}

/**
 * A page of Chromium, or a worker of one, whose transports a spec uses as if they were here.
 *
 * ```
 *   spec ── Transport ── orders ──▶ WebSocket ──▶ page ── the real Transport ──▶ WebSocket, navigator.serial
 *                     ◀── reports ◀──            ◀──
 * ```
 */
export class BrowserBench {
  readonly #reports$ = new Subject<Report>();
  readonly #bytes$ = new Subject<{ readonly opening: number; readonly bytes: Uint8Array }>();
  #lastId = 0;

  private constructor(
    private readonly http: Server,
    private readonly browser: Browser,
    private readonly control: WebSocket,
    private readonly isWorker: boolean,
  ) {
    control.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#bytes$.next({ opening: data.readUInt32BE(0), bytes: new Uint8Array(data.subarray(4)) });
      else this.#reports$.next(JSON.parse(data.toString()) as Report);
    });
  }

  static async start(where: 'page' | 'worker' = 'page'): Promise<BrowserBench> {
    const program = await bundled();
    const http = createServer(({ url }, response) => {
      const isProgram = url === '/program.js';
      response.writeHead(200, { 'Content-Type': isProgram ? 'text/javascript' : 'text/html' });
      const script = where === 'page' ? 'import "/program.js"' : 'new Worker("/program.js", { type: "module" })';
      const page = `<!doctype html>${url === '/' ? `<script type="module">${script}</script>` : ''}`;
      response.end(isProgram ? program : page);
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const sockets = new WebSocketServer({ server: http, path: '/control' });
    const arriving = once(sockets, 'connection') as Promise<[WebSocket]>;
    const browser = await launchBrowser(`--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`);
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(http.address() as AddressInfo).port}/`);
    const [control] = await arriving;
    return new BrowserBench(http, browser, control, where === 'worker');
  }

  /** A page that has come from {@link ELSEWHERE}, as the browser sees it. */
  async foreignPage(): Promise<Page> {
    const page = await this.browser.newPage();
    await page.goto(`http://${ELSEWHERE}:${(this.http.address() as AddressInfo).port}/empty`);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.http.closeAllConnections();
    this.http.close();
  }

  webSocket(url: string, token?: string): Promise<PageTransport> {
    const id = ++this.#lastId;
    return this.#made(id, { do: 'webSocket', id, url, ...(token !== undefined && { token }) });
  }

  webSerial(named?: 'broken'): Promise<PageTransport> {
    const id = ++this.#lastId;
    return this.#made(id, { do: 'webSerial', id, ...(named && { named }) });
  }

  /** Gives the page another `navigator.serial`, with one camera, which is behind that WebSocket. */
  putSerialIn(url: string): void {
    this.#order({ do: 'serial', url, worker: this.isWorker });
  }

  plugIn(url: string): void {
    this.#order({ do: 'plugIn', url });
  }

  #order(order: Order): void {
    this.control.send(JSON.stringify(order));
  }

  #report<W extends Report['what']>(what: W, id: number): Observable<Extract<Report, { what: W }>> {
    return this.#reports$.pipe(
      filter((report): report is Extract<Report, { what: W }> => report.what === what && report.id === id),
    );
  }

  async #made(id: number, order: Order): Promise<PageTransport> {
    const made = firstValueFrom(this.#report('made', id));
    this.#order(order);
    const { name } = await made;
    return { name, open: () => this.#open(id), fiveFrames: () => this.#fiveFrames(id) };
  }

  async #fiveFrames(transport: number): Promise<Seen> {
    const id = ++this.#lastId;
    const seen = firstValueFrom(this.#report('seen', id));
    this.#order({ do: 'fiveFrames', id, transport });
    const result = await seen;
    if (result.failure) throw errorOf(result.failure);
    return result.seen as Seen;
  }

  #open(transport: number): Observable<Connection> {
    return new Observable((subscriber) => {
      const id = ++this.#lastId;
      const arriving = new Subject<Uint8Array>();
      subscriber.add(
        this.#bytes$.pipe(filter(({ opening }) => opening === id)).subscribe(({ bytes }) => arriving.next(bytes)),
      );
      subscriber.add(this.#report('opened', id).subscribe(() => subscriber.next(this.#connection(id, arriving))));
      subscriber.add(this.#report('ended', id).subscribe(({ failure }) => subscriber.error(errorOf(failure))));
      // Whatever the page's connection does by itself, and here what an unsubscription has to do at once.
      this.#report('completed', id).subscribe(() => arriving.complete());
      subscriber.add(() => {
        this.#order({ do: 'close', id });
        arriving.complete();
      });
      this.#order({ do: 'open', id, transport });
    });
  }

  #connection(opening: number, bytes$: Observable<Uint8Array>): Connection {
    return {
      bytes$,
      write: (bytes) => {
        const id = ++this.#lastId;
        const message = Buffer.alloc(8 + bytes.length);
        message.writeUInt32BE(opening, 0);
        message.writeUInt32BE(id, 4);
        message.set(bytes, 8);
        const done = new AsyncSubject<never>();
        this.#report('written', id).subscribe(({ failure }) => {
          if (failure) done.error(errorOf(failure));
          else done.complete();
        });
        this.control.send(message);
        return done;
      },
    };
  }
}

function errorOf({ code, message }: Failure): OpenMVError {
  return new OpenMVError(code as ErrorCode, message);
}

/** The package by its name, as a user's build would take it. */
async function bundled(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('browser-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    tsconfigRaw: '{}',
    logLevel: 'warning',
  });
  return outputFiles[0]!.contents;
}
