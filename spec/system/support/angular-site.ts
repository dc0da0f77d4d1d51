import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from './page.js';

/** Where `npm run angular:build` puts the sample; `npm run test:system` does that first. */
const DIST = resolve('samples/angular-live-view/dist');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** How a page is opened. */
export interface PageOptions extends BrowserContextOptions {
  /** Behind the address: `?demo`, or `?bridge=ws://…`. Default: the choice of the ways. */
  readonly query?: string;
  /** Runs in the page before anything of its own. */
  readonly before?: string;
}

/** The sample `angular-live-view` as it would be shipped, served to a browser. */
export class AngularSite {
  /** What pages have complained of: uncaught errors, and all that they wrote to the console as an error or a warning. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly http: Server,
    private readonly browser: Browser,
  ) {}

  static async start(): Promise<AngularSite> {
    // All at once, so that a build meanwhile changes nothing.
    const names = await readdir(DIST);
    const files = new Map(
      await Promise.all(names.map(async (name) => [name, await readFile(join(DIST, name))] as const)),
    );
    const http = createServer(({ url = '/' }, response) => {
      const { pathname } = new URL(url, 'http://localhost');
      const name = pathname === '/' ? 'index.html' : pathname.slice(1);
      const file = files.get(name);
      response.writeHead(file ? 200 : 404, { 'Content-Type': TYPES[extname(name)] ?? 'text/plain' });
      response.end(file);
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return new AngularSite(http, await launchBrowser());
  }

  get url(): string {
    return `http://localhost:${(this.http.address() as AddressInfo).port}/`;
  }

  /** A page in a context of its own: nothing is remembered of other pages. Default: 1280 × 900, light. */
  async open({ query = '', before, ...options }: PageOptions = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    if (before !== undefined) await context.addInitScript(before);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (/^(error|warning)$/.test(message.type())) this.complaints.push(message.text());
    });
    await page.goto(this.url + query);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.http.closeAllConnections();
    this.http.close();
  }
}
