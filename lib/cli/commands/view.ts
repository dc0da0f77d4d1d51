import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { catchError, lastValueFrom, type Observable, takeUntil, tap } from 'rxjs';
import { messageOf } from '../../errors.js';
import { targetTransport } from '../arguments/target.js';
import { wholeNumber } from '../arguments/usage.js';
import { bridge, type BridgeEvent, type Site } from '../bridge/bridge.js';
import { targetCommand, type TargetCommandOptions } from '../camera-command.js';
import { interruption } from '../output/interruption.js';
import { Output } from '../output/output.js';

/** Opens a page in the browser. Without a browser it prints a note, because the user can open the page by hand. */
async function openBrowser(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    await open(url);
  } catch (error) {
    process.stderr.write(`openmv-rx: can't start a browser (${messageOf(error)}): open ${url} yourself\n`);
  }
}

/** A file of the page, as the browser gets it. */
export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
}

const TYPES = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** Reads the files of the live view, by the paths that the page uses. `scripts/build.mjs` puts them into `cli/page`. */
export async function pageFiles(folder = new URL('../page/', import.meta.url)): Promise<ReadonlyMap<string, PageFile>> {
  const files = Object.entries(TYPES).map(async ([name, type]): Promise<[string, PageFile]> => {
    const body = await readFile(new URL(name, folder));
    return [name === 'index.html' ? '/' : `/${name}`, { type, body }];
  });
  return new Map(await Promise.all(files));
}

/** The path of the page's WebSocket. */
const CAMERA = '/camera';

/** Serves the page to this computer only, and the camera to that page only. */
export function pageSite(files: ReadonlyMap<string, PageFile>): Site {
  return {
    answer: (request, response) => answer(request, response, files),
    admits: (request) => request.url === CAMERA && isForThisComputer(request) && isFromThisPage(request),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, files: ReadonlyMap<string, PageFile>): void {
  const file = files.get(request.url ?? '');
  if (!isForThisComputer(request)) response.writeHead(403).end();
  else if (file === undefined) response.writeHead(404).end();
  else if (request.method !== 'GET' && request.method !== 'HEAD') response.writeHead(405, { Allow: 'GET, HEAD' }).end();
  else {
    response.writeHead(200, {
      'Content-Type': file.type,
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }
}

/**
 * Tells whether a request names this computer as its host. A foreign name that was made to resolve to the
 * loopback address ("DNS rebinding") does not.
 */
function isForThisComputer({ headers }: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(headers.host ?? '');
}

/** Tells whether this server's page opens the WebSocket. Browsers let any page open one to anywhere. */
function isFromThisPage({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host ?? ''}`;
}

interface ViewOptions extends TargetCommandOptions {
  readonly listen?: number;
  readonly open: boolean;
}

const USUAL_PORT = 8080;

/** Serves at the requested port. Without one, it serves at the usual port, or at a free port if that is in use. */
export function atPort<T>(asked: number | undefined, at: (port: number) => Observable<T>): Observable<T> {
  return asked === undefined ? at(USUAL_PORT).pipe(catchError(() => at(0))) : at(asked);
}

/** `view`: shows the camera's picture on a page in the browser. */
export function addView(program: Command): void {
  targetCommand(
    program,
    'view',
    "show the camera's picture, text and events on a page in the browser, with a quality slider, until Ctrl-C",
    'openmv-rx view --virtual',
  )
    .option(
      '--listen <port>',
      `the port of the page, for this computer only; 0 picks a free port (default: ${USUAL_PORT}, or a free port)`,
      wholeNumber(0, 65_535),
    )
    .option('--no-open', 'print the address of the page instead of opening it')
    .action(async ({ listen, open, ...options }: ViewOptions) => {
      const output = new Output(options.json === true);
      const transport = await targetTransport(options);
      const site = pageSite(await pageFiles());
      const at = (port: number): Observable<BridgeEvent> =>
        bridge(transport, { listen: { host: '127.0.0.1', port }, origins: [], site });
      const events$ = atPort(listen, at);
      let reported: string | undefined;
      const shown$ = events$.pipe(
        tap((event) => {
          if ('listening' in event) {
            const url = event.listening.replace(/^ws:\/\/[^:]+/, 'http://localhost');
            output.write({ url }, `${transport.name} is at ${output.name(url)}, until Ctrl-C`);
            if (open) void openBrowser(url);
          }
          // The page retries, so report each reason once.
          if (!('disconnected' in event) || event.reason === undefined || event.reason === reported) return;
          reported = event.reason;
          output.write({ reason: reported }, `the page has no camera: ${reported}`);
        }),
        takeUntil(interruption()),
      );
      await lastValueFrom(shown$, { defaultValue: undefined });
    });
}
