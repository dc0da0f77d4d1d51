import type { Command } from 'commander';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { catchError, lastValueFrom, type Observable, takeUntil, tap } from 'rxjs';
import { messageOf } from '../../errors.js';
import { targetTransport } from '../arguments/target.js';
import { wholeNumber } from '../arguments/usage.js';
import { bridge, type BridgeEvent, type Site } from '../bridge/bridge.js';
import { targetCommand, type TargetCommandOptions } from '../camera-command.js';
import { interruption } from '../output/interruption.js';
import { Output } from '../output/output.js';
import { type PageFile, pageFiles } from '../page-files.js';

/** Shows a page in the person's browser. That there is none is told, and no failure: the page can be opened by hand. */
async function openBrowser(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    await open(url);
  } catch (error) {
    process.stderr.write(`openmv-rx: no browser can be started (${messageOf(error)}): open ${url} yourself\n`);
  }
}

/** The path at which the page looks for the camera. */
const CAMERA = '/camera';

/** A page for this computer alone, and the camera for that page alone. */
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
 * Tells whether a request names this computer as the one it is for. A page of another name that was made to resolve to the
 * loopback address ("DNS rebinding") does not.
 */
function isForThisComputer({ headers }: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(headers.host ?? '');
}

/** Tells whether a WebSocket is opened by the page that was served here: browsers let every page open one to anywhere. */
function isFromThisPage({ headers }: IncomingMessage): boolean {
  return headers.origin === `http://${headers.host ?? ''}`;
}

interface ViewOptions extends TargetCommandOptions {
  readonly listen?: number;
  readonly open: boolean;
}

const USUAL_PORT = 8080;

/** Serves at the port that was asked for; otherwise at the usual one, or a free one if that is in use. */
export function atPort<T>(asked: number | undefined, at: (port: number) => Observable<T>): Observable<T> {
  return asked === undefined ? at(USUAL_PORT).pipe(catchError(() => at(0))) : at(asked);
}

/** `view`: what the camera sees, on a page in the browser. */
export function addView(program: Command): void {
  targetCommand(
    program,
    'view',
    'show what the camera sees on a page in the browser, with its text, events and quality, until Ctrl-C',
    'openmv-rx view --virtual',
  )
    .option(
      '--listen <port>',
      `where the page is on this computer, which alone gets it; 0 is a free port (default: ${USUAL_PORT}, or a free one)`,
      wholeNumber(0, 65_535),
    )
    .option('--no-open', 'say where the page is, and do not open it')
    .action(async ({ listen, open, ...options }: ViewOptions) => {
      const output = new Output(options.json === true);
      const transport = await targetTransport(options);
      const site = pageSite(await pageFiles());
      const at = (port: number): Observable<BridgeEvent> =>
        bridge(transport, { listen: { host: '127.0.0.1', port }, origins: [], site });
      const events$ = atPort(listen, at);
      let told: string | undefined;
      const shown$ = events$.pipe(
        tap((event) => {
          if ('listening' in event) {
            const url = event.listening.replace(/^ws:\/\/[^:]+/, 'http://localhost');
            output.write({ url }, `${transport.name} is at ${output.name(url)}, until Ctrl-C`);
            if (open) void openBrowser(url);
          }
          // The page tries again and again, so the same is not said each time.
          if (!('disconnected' in event) || event.reason === undefined || event.reason === told) return;
          told = event.reason;
          output.write({ reason: told }, `the page has no camera: ${told}`);
        }),
        takeUntil(interruption()),
      );
      await lastValueFrom(shown$, { defaultValue: undefined });
    });
}
