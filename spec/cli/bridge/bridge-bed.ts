import { once } from 'node:events';
import { filter, firstValueFrom, ReplaySubject, type Subscription } from 'rxjs';
import { WebSocket } from 'ws';
import { bridge, type BridgeEvent, type BridgeOptions } from '../../../lib/cli/bridge/bridge.js';
import type { Transport } from '../../../lib/transport/transport.js';
import { webSocket } from '../../../lib/transport/websocket/index.js';
import { collect, opening, type Opening, pattern } from '../../contracts/far-end.js';
import { FakeCamera } from './fake-camera.js';

/** A bridge that is under way, to a camera that is not one. */
export class BridgeBed {
  readonly camera = new FakeCamera();
  readonly #events$ = new ReplaySubject<BridgeEvent>();
  readonly #subscription: Subscription;

  private constructor(options: Partial<BridgeOptions>, transport?: Transport) {
    const listen = { host: '127.0.0.1', port: 0 };
    const events$ = bridge(transport ?? this.camera, { listen, origins: [], ...options });
    this.#subscription = events$.subscribe(this.#events$);
  }

  url = '';

  static async start(options: Partial<BridgeOptions> = {}, transport?: Transport): Promise<BridgeBed> {
    const bed = new BridgeBed(options, transport);
    bed.url = ((await bed.next('listening')) as { listening: string }).listening;
    return bed;
  }

  next(kind: 'listening' | 'connected' | 'refused' | 'disconnected'): Promise<BridgeEvent> {
    return firstValueFrom(this.#events$.pipe(filter((event) => kind in event)));
  }

  end(): void {
    this.#subscription.unsubscribe();
  }

  /** A host of this library. */
  host(words: { token?: string } = {}): Opening {
    return opening(webSocket(this.url, { WebSocket, ...words }));
  }

  /** Whether the camera is open. */
  async opened(openings: 0 | 1): Promise<void> {
    await until(() => this.camera.openings === openings);
  }

  /** It goes on for those who come later. */
  async expectAlive(): Promise<void> {
    const { connection, close } = this.host();
    const near = await connection;
    await this.opened(1);
    const there = collect(this.camera.received$);
    const back = collect(near.bytes$);
    near.write(pattern(10));
    await there.ending(pattern(10));
    this.camera.send(pattern(10, 2));
    await back.ending(pattern(10, 2));
    close();
    await this.opened(0);
  }
}

/** What a plain client is told when it is sent away. */
export async function closeOf(socket: WebSocket): Promise<{ code: number; reason: string }> {
  socket.on('error', () => undefined);
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

/** Fails by running into the deadline. */
export async function until(there: () => boolean): Promise<void> {
  while (!there()) await new Promise(setImmediate);
}
