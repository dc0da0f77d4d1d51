import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, existsSync, mkdtempSync, openSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AsyncSubject, Observable } from 'rxjs';
import type { Connection } from '../../lib/transport/transport.js';
import type { FarEnd } from '../contracts/far-end.js';

/** A tty as a camera's port is one, with a socket behind it. */
export interface Pty {
  readonly path: string;
  readonly far: FarEnd & { readonly socket: Socket };
  /** As when the camera is unplugged. */
  unplug(): void;
  dispose(): Promise<void>;
}

/** What a camera is attached to that is to be at the port. */
export function cameraEnd({ far: { socket, bytes$ } }: Pty): Connection {
  const write = (bytes: Uint8Array): Observable<never> => {
    const done = new AsyncSubject<never>();
    socket.write(bytes, () => done.complete());
    return done;
  };
  return { bytes$, write };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'openmv-rx-'));
}

/** Makes a pty at `path` that stays when it is opened and closed. */
export async function pty(path: string): Promise<Pty> {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const socat = spawn('socat', ['-b65536', `pty,raw,echo=0,link=${path}`, `TCP:127.0.0.1:${port},nodelay`]);
  const [socket] = await connected;
  socket.on('error', () => undefined);
  while (!existsSync(path)) await new Promise(setImmediate);
  // socat ends when the last one closes the tty, so it is kept open here.
  const held = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  const unplug = (): void => void socat.kill('SIGKILL');
  return {
    path,
    far: { ...overSocket(socket), socket, close: unplug },
    unplug,
    dispose: async () => {
      const ended = exited(socat);
      unplug();
      await ended;
      closeSync(held);
      socket.destroy();
      server.close();
      rmSync(path, { force: true });
    },
  };
}

function overSocket(socket: Socket): Omit<FarEnd, 'close'> {
  return {
    bytes$: new Observable((subscriber) => {
      const arrived = (chunk: Buffer): void => subscriber.next(chunk);
      socket.on('data', arrived);
      return () => socket.off('data', arrived);
    }),
    write: (bytes) =>
      new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve()))),
    hold: () => {
      socket.pause();
      return { release: () => void socket.resume() };
    },
  };
}

/** How many file descriptors of this process lead to a tty. */
export function openTtys(): number {
  return ttysOf('self').length;
}

/** How many file descriptors this process has open: ports, sockets, pipes, and what waits for them. */
export function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

/** The ttys that a process has open. */
export function ttysOf(pid: number | 'self'): string[] {
  return links(`/proc/${pid}/fd`).filter((target) => target.startsWith('/dev/pts/'));
}

function links(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      return []; // closed in the meantime
    }
  });
}

export function exited(child: ChildProcess): Promise<unknown> {
  return child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
}
