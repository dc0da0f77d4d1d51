import type { Command } from 'commander';
import { exhaustMap, Observable, repeat, take, takeUntil, tap, lastValueFrom } from 'rxjs';
import { VirtualCamera } from '../../index.js';
import type { Connection } from '../../transport/transport.js';
import { interruption } from '../interruption.js';
import { Output } from '../output.js';
import { servedPty } from '../served-pty.js';
import { wholeNumber, widthAndHeight } from '../usage.js';

interface VirtualOptions {
  readonly pty: string;
  readonly fps?: number;
  readonly size?: { readonly width: number; readonly height: number };
  readonly quality?: number;
  readonly json?: true;
}

/** `virtual`: a camera that is not there, for programs that want a serial port. */
export function addVirtual(program: Command): void {
  program
    .command('virtual')
    .description('serve a virtual camera until Ctrl-C')
    .requiredOption('--pty <link>', 'as a serial port at this path, which is made (needs socat)')
    .option('--fps <n>', 'frames a second', wholeNumber(1, 1000))
    .option('--size <width>x<height>', 'of its frames, in pixels', widthAndHeight)
    .option('--quality <n>', 'of its JPEGs, 1 to 100', wholeNumber(1, 100))
    .option('--json', 'print JSON lines')
    .action(async ({ pty, fps, size, quality, json }: VirtualOptions) => {
      const camera = new VirtualCamera({
        ...(fps !== undefined && { framesPerSecond: fps }),
        ...(quality !== undefined && { quality }),
        ...size,
      });
      const output = new Output(json === true);
      const served$ = servedPty(pty)
        .open()
        .pipe(
          tap(() => {
            output.write({ pty }, `a virtual camera is at ${pty}`);
          }),
          exhaustMap((connection) => session(camera, connection)),
          // A camera that starts anew takes its port away for a moment.
          take(1),
          repeat(),
          takeUntil(interruption()),
        );
      await lastValueFrom(served$, { defaultValue: undefined });
    });
}

/** Emits when the camera itself has ended the session. */
function session(camera: VirtualCamera, connection: Connection): Observable<'ended'> {
  return new Observable((subscriber) => {
    const attached = camera.attach(connection);
    attached.add(() => {
      subscriber.next('ended');
    });
    return attached;
  });
}
