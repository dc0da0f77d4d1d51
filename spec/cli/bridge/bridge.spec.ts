import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  AsyncSubject,
  filter,
  firstValueFrom,
  lastValueFrom,
  Observable,
  ReplaySubject,
  Subject,
  type Subscription,
  take,
  toArray,
} from 'rxjs';
import { WebSocket } from 'ws';
import { bridge, type BridgeEvent, type BridgeOptions } from '../../../lib/cli/bridge/bridge.js';
import { OpenMVError } from '../../../lib/errors.js';
import { Camera, json, VirtualCamera } from '../../../lib/index.js';
import type { Connection, Transport } from '../../../lib/transport/transport.js';
import { webSocket } from '../../../lib/transport/websocket/index.js';
import { collect, opening, type Opening, pattern } from '../../contracts/far-end.js';

/** A bridge that is under way. */
class Served {
  readonly events$ = new ReplaySubject<BridgeEvent>();
  readonly #subscription: Subscription;

  constructor(transport: Transport, options: Partial<BridgeOptions> = {}) {
    this.#subscription = bridge(transport, {
      listen: { host: '127.0.0.1', port: 0 },
      origins: [],
      ...options,
    }).subscribe(this.events$);
  }

  async url(): Promise<string> {
    return ((await this.next('listening')) as { listening: string }).listening;
  }

  next(kind: 'listening' | 'connected' | 'refused' | 'disconnected'): Promise<BridgeEvent> {
    return firstValueFrom(this.events$.pipe(filter((event) => kind in event)));
  }

  end(): void {
    this.#subscription.unsubscribe();
  }
}

/** A camera whose port can be opened once at a time, and that can be lost. */
class FakeCamera implements Transport {
  readonly name = 'camera';
  /** What was written to it, however often it was opened. */
  readonly received$ = new Subject<Uint8Array>();
  openings = 0;
  unavailable = false;
  readonly #held: (() => void)[] = [];
  #holds = false;
  #port: { readonly arriving: Subject<Uint8Array>; readonly lose: (error: Error) => void } | undefined;

  open(): Observable<Connection> {
    return new Observable((subscriber) => {
      if (this.unavailable || this.#port) {
        subscriber.error(new OpenMVError('PORT_UNAVAILABLE', 'the camera is not there'));
        return;
      }
      const arriving = new Subject<Uint8Array>();
      this.#port = { arriving, lose: (error) => subscriber.error(error) };
      this.openings++;
      subscriber.add(() => {
        this.#port = undefined;
        this.openings--;
      });
      subscriber.next({ bytes$: arriving, write: (bytes) => this.#take(bytes) });
    });
  }

  send(bytes: Uint8Array): void {
    this.#port!.arriving.next(bytes);
  }

  lose(): void {
    this.#port!.lose(new OpenMVError('LINK_LOST', 'the camera went away'));
  }

  /** Takes nothing any more; tells how many writes wait. */
  hold(): { readonly waiting: () => number; readonly release: () => void } {
    this.#holds = true;
    const release = (): void => {
      this.#holds = false;
      for (const take of this.#held.splice(0)) take();
    };
    return { waiting: () => this.#held.length, release };
  }

  #take(bytes: Uint8Array): Observable<never> {
    const done = new AsyncSubject<never>();
    const take = (): void => {
      this.received$.next(bytes);
      done.complete();
    };
    if (this.#holds) this.#held.push(take);
    else take();
    return done;
  }
}

/** What a plain client is told when it is sent away. */
async function closeOf(socket: WebSocket): Promise<{ code: number; reason: string }> {
  socket.on('error', () => undefined);
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

const until = async (there: () => boolean): Promise<void> => {
  while (!there()) await new Promise(setImmediate);
};

describe('bridge', () => {
  let camera: FakeCamera;
  let served: Served;
  let url: string;
  let host: (options?: { token?: string }) => Opening;

  const serve = async (options?: Partial<BridgeOptions>): Promise<void> => {
    camera = new FakeCamera();
    served = new Served(camera, options);
    url = await served.url();
    host = (words = {}) => opening(webSocket(url, { WebSocket, ...words }));
  };

  /** It goes on for those who come later. */
  const expectAlive = async (): Promise<void> => {
    const { connection, close } = host();
    const near = await connection;
    await until(() => camera.openings === 1);
    const there = collect(camera.received$);
    const back = collect(near.bytes$);
    near.write(pattern(10));
    await there.ending(pattern(10));
    camera.send(pattern(10, 2));
    await back.ending(pattern(10, 2));
    close();
    await until(() => camera.openings === 0);
  };

  afterEach(() => served.end());

  describe('for whoever comes', () => {
    beforeEach(() => serve());

    it('carries bytes both ways, much and in order', async () => {
      const { connection, close } = host();
      const near = await connection;
      await until(() => camera.openings === 1);
      const there = collect(camera.received$);
      const back = collect(near.bytes$);
      const [request, reply] = [pattern(20_000), pattern(2_000_000, 2)];
      for (let i = 0; i < 100; i++) {
        near.write(request.subarray(i * 200, (i + 1) * 200));
        camera.send(reply.subarray(i * 20_000, (i + 1) * 20_000));
      }
      expect(Buffer.compare(await there.bytes(request.length), request)).toBe(0);
      expect(Buffer.compare(await back.bytes(reply.length), reply)).toBe(0);
      close();
    });

    it('has the camera open only while somebody is there', async () => {
      expect(camera.openings).toBe(0);
      const { connection, close } = host();
      await connection;
      await until(() => camera.openings === 1);
      close();
      await until(() => camera.openings === 0);
      await expectAlive();
    });

    it('loses nothing of what comes before the camera is open', async () => {
      const socket = new WebSocket(url);
      socket.once('open', () => socket.send(pattern(10)));
      const there = collect(camera.received$);
      expect(await there.bytes(10)).toEqual(Buffer.from(pattern(10)));
      socket.close();
    });

    it('tells a second host that another one has the camera, which does not notice', async () => {
      const first = host();
      const near = await first.connection;
      await until(() => camera.openings === 1);
      expect(await host().ended).toMatchObject({
        code: 'LINK_LOST',
        message: expect.stringContaining('another host has the camera, code 4409') as string,
      });
      const there = collect(camera.received$);
      near.write(pattern(10));
      expect(await there.bytes(10)).toHaveLength(10);
      first.close();
    });

    it('takes one that comes as soon as the other has gone, again and again', async () => {
      for (let round = 0; round < 20; round++) {
        const { connection, close } = host();
        const near = await connection;
        const there = collect(camera.received$);
        near.write(pattern(10, round));
        await there.ending(pattern(10, round));
        close();
      }
    });

    it('does not give the camera to one that left while it waited', async () => {
      const first = host();
      await first.connection;
      await until(() => camera.openings === 1);
      const second = new WebSocket(url);
      await once(second, 'open');
      second.terminate();
      first.close();
      await until(() => camera.openings === 0);
      await expectAlive();
    });

    it('tells its host that the camera was lost, and opens it for the next one', async () => {
      const { connection, ended } = host();
      await connection;
      await until(() => camera.openings === 1);
      camera.lose();
      expect(await ended).toMatchObject({
        code: 'LINK_LOST',
        message: expect.stringContaining('the camera went away, code 4502') as string,
      });
      await expectAlive();
    });

    it('tells its host that the camera can not be opened, and tries again for the next one', async () => {
      camera.unavailable = true;
      for (let round = 0; round < 2; round++)
        expect(await host().ended).toMatchObject({
          message: expect.stringContaining('the camera is not there, code 4502') as string,
        });
      camera.unavailable = false;
      await expectAlive();
    });

    it.each([
      ['text', (socket: WebSocket) => socket.send('hello'), 1003],
      ['a message of 2 MB', (socket: WebSocket) => socket.send(new Uint8Array(2 << 20)), 1009],
    ])('sends a host away that sends %s', async (_, send, code) => {
      const socket = new WebSocket(url);
      socket.once('open', () => {
        send(socket);
      });
      expect(await closeOf(socket)).toMatchObject({ code });
      await until(() => camera.openings === 0);
      await expectAlive();
    });

    it('goes on after garbage, before and behind the handshake', async () => {
      const { port } = new URL(url);
      const garbage = connect(Number(port), '127.0.0.1');
      garbage.on('error', () => undefined);
      garbage.write(randomBytes(10_000));
      garbage.resume();
      await once(garbage, 'close');

      const shaken = connect(Number(port), '127.0.0.1');
      shaken.on('error', () => undefined);
      shaken.write(
        'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      await once(shaken, 'data');
      shaken.write(Buffer.alloc(1000, 0xff));
      shaken.resume();
      await once(shaken, 'close');
      await expectAlive();
    });

    it('tells a browser that asks for a page what it is', async () => {
      const response = await fetch(url.replace('ws:', 'http:'));
      expect(response.status).toBe(426);
      expect(await response.text()).toMatch(/WebSocket/);
      await expectAlive();
    });

    it('sends a host away that takes nothing while the camera sends on', async () => {
      const socket = new WebSocket(url);
      await once(socket, 'open');
      await until(() => camera.openings === 1);
      socket.pause();
      while (camera.openings === 1) {
        camera.send(new Uint8Array(1 << 20));
        await new Promise(setImmediate);
      }
      expect(await served.next('disconnected')).toMatchObject({
        reason: 'the host does not take what the camera sends',
      });
      socket.terminate();
      await expectAlive();
    });

    it('holds up a host that sends more than the camera takes, until it takes it', async () => {
      const socket = new WebSocket(url);
      await once(socket, 'open');
      const { waiting, release } = camera.hold();
      const message = pattern(100_000);
      for (let i = 0; i < 640; i++) socket.send(message);
      for (let before = -1; before !== waiting() || before === 0;) {
        before = waiting();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(waiting()).toBeLessThan(20);
      let taken = 0;
      camera.received$.subscribe(({ length }) => (taken += length));
      release();
      await until(() => taken === 64_000_000);
      socket.close();
    });

    it('turns away what a page of elsewhere asks for, and takes one of this computer', async () => {
      expect(await closeOf(new WebSocket(url, { origin: 'https://example.org' }))).toEqual({
        code: 4403,
        reason: 'pages from https://example.org may not: start the bridge with --allow-origin',
      });
      expect(camera.openings).toBe(0);
      const own = new WebSocket(url, { origin: 'http://localhost:3000' });
      await once(own, 'open');
      await until(() => camera.openings === 1);
      own.close();
    });

    it('sends its host away when it ends, and lets go of the camera and the port', async () => {
      const { connection, ended } = host();
      await connection;
      await until(() => camera.openings === 1);
      served.end();
      expect(await ended).toMatchObject({
        message: expect.stringContaining('the bridge was ended, code 1001') as string,
      });
      expect(camera.openings).toBe(0);
      expect(await host().ended).toMatchObject({ code: 'PORT_UNAVAILABLE' });
    });
  });

  describe('with a token', () => {
    beforeEach(() => serve({ token: 'ünguessable' }));

    it('takes who knows it', async () => {
      const { connection, close } = host({ token: 'ünguessable' });
      await connection;
      await until(() => camera.openings === 1);
      close();
    });

    it.each([
      ['another one', { token: 'letmein' }, 'wrong token, code 4401'],
      ['none', {}, 'a token is needed, code 4401'],
    ])('turns away who says %s, and opens nothing for them', async (_, words, says) => {
      expect(await host(words).ended).toMatchObject({ message: expect.stringContaining(says) as string });
      const refused = (await served.next('refused')) as { reason: string };
      expect(JSON.stringify(refused)).not.toContain('letmein');
      expect(camera.openings).toBe(0);
    });
  });

  it('serves a whole camera: frames, and a value that is written and read', async () => {
    served = new Served(new VirtualCamera({ width: 160, height: 120, framesPerSecond: 100 }).transport());
    const remote = new Camera(webSocket(await served.url(), { WebSocket }), { closeAfterMs: 0 });
    const frames = await firstValueFrom(remote.frames$.pipe(take(5), toArray()));
    expect(frames.map(({ width }) => width)).toEqual([160, 160, 160, 160, 160]);
    const config = remote.channel('config', json<{ quality: number }>());
    await lastValueFrom(config.write({ quality: 50 }));
    expect(await firstValueFrom(config.read())).toMatchObject({ quality: 50 });
  });

  it('says that its port is in use', async () => {
    await serve();
    const { port } = new URL(url);
    const other = new Served(camera, { listen: { host: '127.0.0.1', port: Number(port) } });
    await expect(other.url()).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('in use by another program') as string,
    });
  });
});
