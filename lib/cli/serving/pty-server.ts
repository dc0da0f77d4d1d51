import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { closeSync, constants, lstatSync, openSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fromEvent, interval, map, Observable, share, type Subscriber, takeUntil, takeWhile } from 'rxjs';
import { messageOf, OpenMVError } from '../../errors.js';
import { fromCallback } from '../../transport/connection.js';
import type { Connection, Transport } from '../../transport/transport.js';

/** The interval for checking that socat has made the link. */
const CHECK_EVERY_MS = 5;

/**
 * A serial port for other programs: a pty behind a symbolic link, whose other end is the connection.
 *
 * ```
 *   host ──▶ link ──▶ pty ◀──▶ socat ◀── its stdin and stdout ──▶ Connection
 *                      ▲
 *                      └── also held open here, because socat ends when the last program closes the pty
 * ```
 *
 * Emits its connection when the link exists. The link stays while it is subscribed to, however often hosts open
 * and close it. It also disappears when this process ends in any way, because socat ends with its input. Bytes that no host
 * reads wait in the system, about 256 KiB; after that `write()` completes only when a host reads.
 *
 * Errors with `PORT_UNAVAILABLE` when the link can't be made, and with `LINK_LOST` when socat ends.
 */
export function ptyServer(link: string): Transport {
  let cleared = Promise.resolve();
  return {
    name: link,
    open: () =>
      new Observable((subscriber) => {
        void cleared.then(() => {
          if (subscriber.closed) return;
          try {
            claimLink(link);
          } catch (error) {
            subscriber.error(error);
            return;
          }
          const socat = spawn('socat', ['-b65536', `pty,raw,echo=0,link=${link}`, 'STDIO']);
          cleared = new Promise((resolve) => {
            socat.once('close', () => {
              removeDangling(link);
              resolve();
            });
          });
          serve(socat, link, subscriber);
        });
      }),
  };
}

function serve(socat: ChildProcessWithoutNullStreams, link: string, subscriber: Subscriber<Connection>): void {
  let pty: number | undefined;
  let complaint = '';
  socat.stderr.on('data', (text) => (complaint = String(text)));
  // A broken pipe shows in the end of socat.
  socat.stdin.on('error', () => undefined);
  socat.once('error', (cause) => {
    const message = `socat, which makes the port, can't be started (${messageOf(cause)}): apt install socat`;
    subscriber.error(new OpenMVError('PORT_UNAVAILABLE', message, { cause }));
  });
  socat.once('close', () => {
    const code = pty === undefined ? 'PORT_UNAVAILABLE' : 'LINK_LOST';
    subscriber.error(
      new OpenMVError(code, `socat, which makes the port ${link}, has ended: ${complaint || 'no reason given'}`),
    );
  });
  subscriber.add(() => {
    if (pty !== undefined) closeSync(pty);
    socat.kill();
  });
  subscriber.add(
    interval(CHECK_EVERY_MS)
      .pipe(takeWhile(() => !isLinked(link)))
      .subscribe({
        complete: () => {
          pty = openSync(link, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
          subscriber.next(connectionTo(socat));
        },
      }),
  );
}

function connectionTo({ stdin, stdout }: ChildProcessWithoutNullStreams): Connection {
  const ended$ = fromEvent(stdout, 'close');
  return {
    bytes$: fromEvent(stdout, 'data').pipe(
      map((data) => data as Buffer),
      map(({ buffer, byteOffset, length }) => new Uint8Array(buffer, byteOffset, length)),
      takeUntil(ended$),
      share(),
    ),
    write: (bytes) =>
      fromCallback((done) => {
        stdin.write(bytes, (cause) =>
          done(cause ? new OpenMVError('LINK_LOST', `the port is gone: ${messageOf(cause)}`, { cause }) : undefined),
        );
      }),
  };
}

/**
 * Checks that a link can be made at `path`. Removes a link to a pty that no longer exists, which a system leaves behind when it stops.
 *
 * @throws {OpenMVError} `PORT_UNAVAILABLE` when something else is there, or the folder does not exist.
 */
function claimLink(path: string): void {
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    throw unavailable(`the folder of ${path} does not exist: create it, or use another folder`);
  removeDangling(path);
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink())
    throw unavailable(
      `${path} is already a link to ${readlinkSync(path)}: end the program that made it, or use another path`,
    );
  if (there) throw unavailable(`${path} already exists: use another path for the link`);
}

/** Tells whether there is a symbolic link at `path`. */
function isLinked(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Removes a link to a pty that no longer exists. */
function removeDangling(path: string): void {
  if (!isLinked(path) || statSync(path, { throwIfNoEntry: false })) return;
  if (readlinkSync(path).startsWith('/dev/pts/')) rmSync(path, { force: true });
}

function unavailable(message: string): OpenMVError {
  return new OpenMVError('PORT_UNAVAILABLE', message);
}
