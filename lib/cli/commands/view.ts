import type { Command } from 'commander';
import { catchError, lastValueFrom, type Observable, takeUntil, tap } from 'rxjs';
import { bridge, type BridgeEvent } from '../bridge/bridge.js';
import { targetCommand, type TargetCommandOptions } from '../camera-command.js';
import { interruption } from '../interruption.js';
import { Output } from '../output.js';
import { targetTransport } from '../target.js';
import { wholeNumber } from '../usage.js';
import { openBrowser } from '../view/open-browser.js';
import { pageFiles } from '../view/page-files.js';
import { pageSite } from '../view/site.js';

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
