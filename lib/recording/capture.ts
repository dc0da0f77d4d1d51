import { map, Observable, tap, type SchedulerLike } from 'rxjs';
import {
  requireFlag,
  requireOptions,
  requirePath,
  requireScheduler,
  requireTransport,
  type OptionNames,
} from '../arguments.js';
import { steadied } from '../host/monotonic-scheduler.js';
import type { Connection, Transport } from '../transport/transport.js';
import { CaptureFile } from './capture-file.js';

/** What `capture` may be told. */
export interface CaptureOptions {
  /** Whether a file that is there may be overwritten. Default `false`: it is an error, `FILE_EXISTS`. */
  readonly overwrite?: boolean;
  /** Where time comes from. Default: as of a `Camera`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * A transport whose bytes, of both ways, are written to a file as they come and go: JSON lines, each with `t`, microseconds since
 * the first, `from`, `host` or `device`, and `hex`, the bytes. `replay` and `readRecording` take it.
 *
 * The first opening makes the file, and openings that follow go on in it, so that a capture holds a camera's reconnections.
 * A line is written when its bytes are there; a process that is killed costs what the system had not taken yet. The file is
 * closed behind the end of each opening, in the background. Up to 64 MiB wait for a slow disk.
 *
 * `open()` also errors with `FILE_EXISTS`, `FILE_UNAVAILABLE`, `DISK_FULL`, and `QUEUE_FULL` where more waits: a capture that has
 * gaps would be worth nothing.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the argument.
 *
 * @example
 * ```ts
 * import { Camera } from 'openmv-rx';
 * import { capture } from 'openmv-rx/recording';
 * import { serialPort } from 'openmv-rx/serialport';
 *
 * const camera = new Camera(capture(serialPort('/dev/ttyACM0'), 'wire.jsonl'));
 * camera.frames$.subscribe(({ index }) => console.log(index));
 * ```
 */
export function capture(transport: Transport, file: string, options: CaptureOptions = {}): Transport {
  requireOptions('capture', options, KNOWN);
  const { overwrite = false } = options;
  requireTransport('capture', transport);
  requirePath('file', file);
  requireFlag('overwrite', overwrite);
  requireScheduler(options.scheduler);
  const scheduler = steadied(options.scheduler);
  const rows = new CaptureFile(file, overwrite);
  const { name, preferred } = transport;
  return {
    name,
    ...(preferred && { preferred }),
    open: () =>
      new Observable<Connection>((subscriber) => {
        const fail = (error: unknown): void => subscriber.error(error);
        const add = (from: 'host' | 'device', bytes: Uint8Array): void => rows.add(from, bytes, scheduler.now(), fail);
        const opened = rows.open();
        subscriber.add(() => void rows.close().catch(() => undefined));
        opened.then(() => {
          if (subscriber.closed) return;
          const watched = (connection: Connection): Connection => ({
            bytes$: connection.bytes$.pipe(tap((bytes) => add('device', bytes))),
            write: (bytes) => {
              add('host', bytes);
              return connection.write(bytes);
            },
          });
          subscriber.add(transport.open().pipe(map(watched)).subscribe(subscriber));
        }, fail);
      }),
  };
}

const KNOWN: OptionNames<CaptureOptions> = { overwrite: true, scheduler: true };
