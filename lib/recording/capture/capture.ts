import { map, Observable, type SchedulerLike, tap } from 'rxjs';
import {
  type OptionNames,
  requireFlag,
  requireOptions,
  requirePath,
  requireScheduler,
  requireTransport,
} from '../../arguments.js';
import { steadied } from '../../host/monotonic-scheduler.js';
import type { Connection, Transport } from '../../transport/transport.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import { appendTo, disk } from '../disk.js';
import { fileError } from '../record/file-error.js';
import type { RecordingFile } from '../record/storage.js';
import { WriteQueue } from '../record/write-queue.js';
import type { CaptureRow } from './capture-row.js';

/** Options of `capture`. */
export interface CaptureOptions {
  /** Allows overwriting an existing file. Default `false`: an existing file is an error, `FILE_EXISTS`. */
  readonly overwrite?: boolean;
  /** The source of time. Default: the same as that of a `Camera`. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Wraps a transport and writes the bytes of both directions to a file. Each is a line of JSON with `t`, the microseconds since the
 * first line, `from`, which is `host` or `device`, and `hex`, the bytes. `replay` and `readRecording` read such files.
 *
 * The first `open()` creates the file, and later ones append to it, so a capture includes a camera's reconnections. A line is
 * written as soon as its bytes are seen; a killed process loses only what the system had not accepted yet. The file is closed in
 * the background after each connection ends. Up to 64 MiB wait for a slow disk.
 *
 * `open()` also errors with `FILE_EXISTS`, `FILE_UNAVAILABLE`, `DISK_FULL`, and with `QUEUE_FULL` when more data waits, because a
 * capture with gaps is useless.
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
            ...(connection.isOrdered !== undefined && { isOrdered: connection.isOrdered }),
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

const MOST_WAITING = 64 * 1024 * 1024;

/** Writes a capture row by row. Rows that arrive while the disk is busy are written together. */
class CaptureFile {
  readonly #queue = new WriteQueue(MOST_WAITING);
  #file: RecordingFile | undefined;
  #rows: string[] = [];
  #made = false;
  #beganAt: number | undefined;
  #length = 0;
  readonly #path: string;
  readonly #overwrite: boolean;

  constructor(path: string, overwrite: boolean) {
    this.#path = path;
    this.#overwrite = overwrite;
  }

  /** Creates the file, or opens it to append. */
  open(): Promise<void> {
    return this.#queue.add(0, async () => {
      try {
        this.#file = await (this.#made ? appendTo(this.#path) : disk.create(this.#path, this.#overwrite));
        this.#made = true;
      } catch (error) {
        throw fileError(error, this.#path, 'written');
      }
    });
  }

  /** @param failed called if the row can't be written */
  add(from: CaptureRow['from'], bytes: Uint8Array, now: number, failed: (error: unknown) => void): void {
    this.#beganAt ??= now;
    const row: CaptureRow = {
      t: Math.round((now - this.#beganAt) * 1000),
      from,
      hex: Buffer.from(bytes).toString('hex'),
    };
    const line = `${JSON.stringify(row)}\n`;
    this.#rows.push(line);
    try {
      this.#queue.add(line.length, () => this.#write()).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Closes the file after the added rows. It can be opened again. */
  close(): Promise<void> {
    return this.#queue.add(0, async () => {
      const file = this.#file;
      this.#file = undefined;
      await file?.close();
    });
  }

  async #write(): Promise<void> {
    if (this.#rows.length === 0 || !this.#file) return;
    const text = encodeUtf8(this.#rows.join(''));
    this.#rows = [];
    try {
      await this.#file.write(text);
      this.#length += text.length;
    } catch (error) {
      await this.#file.truncate(this.#length).catch(() => undefined);
      throw fileError(error, this.#path, 'written');
    }
  }
}
