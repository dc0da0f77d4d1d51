import type { Socket } from 'node:net';
import { Subject, type Subscription, timer } from 'rxjs';
import { addressText } from '../address.js';
import type { Connection } from '../transport.js';
import { SocketConnection } from './socket-connection.js';

/** A host that has connected. Its `bytes$` completes when it has gone. */
export interface TcpHost extends Connection {
  /** For people: its address and port. */
  readonly name: string;
  /** Turns it away. */
  close(): void;
}

/** How long a host that is one too many waits for another to leave. */
const SUCCESSION_MS = 250;

/** Those who are connected, and those who wait for one of them to leave. */
export class Hosts {
  readonly #come = new Subject<TcpHost>();
  readonly come$ = this.#come.asObservable();
  readonly #there = new Set<SocketConnection>();
  readonly #waiting = new Map<Socket, Subscription>();

  constructor(private readonly most: number) {}

  arrive(socket: Socket): void {
    if (this.#there.size < this.most) {
      this.#admit(socket);
      return;
    }
    socket.on('error', () => undefined);
    const patience = timer(SUCCESSION_MS).subscribe(() => {
      this.#waiting.delete(socket);
      socket.destroy();
    });
    this.#waiting.set(socket, patience);
  }

  close(): void {
    for (const [socket, patience] of this.#waiting) {
      patience.unsubscribe();
      socket.destroy();
    }
    this.#waiting.clear();
    for (const host of this.#there) host.close();
    this.#come.complete();
  }

  #admit(socket: Socket): void {
    const { remoteAddress = '', remotePort = 0 } = socket;
    const host = new SocketConnection(addressText(remoteAddress, remotePort), socket, () => undefined);
    this.#there.add(host);
    socket.once('close', () => {
      this.#there.delete(host);
      this.#admitNext();
    });
    if (!this.#come.observed) host.close();
    this.#come.next(host);
    host.start();
  }

  #admitNext(): void {
    const [next] = this.#waiting;
    if (next === undefined) return;
    const [socket, patience] = next;
    patience.unsubscribe();
    this.#waiting.delete(socket);
    this.#admit(socket);
  }
}
