import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { bufferCount, firstValueFrom, Observable, switchMap } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';
import { webSocket } from 'openmv-rx/websocket';
import { Arrivals, type FarEnd, greeting, opening, pattern } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';

async function serve(): Promise<{ server: WebSocketServer; url: string }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

async function stop(server: WebSocketServer): Promise<void> {
  server.clients.forEach((client) => {
    client.terminate();
  });
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

function overSocket(socket: WebSocket): FarEnd {
  return {
    bytes$: new Observable((subscriber) => {
      const arrived = (data: Buffer): void => subscriber.next(data);
      socket.on('message', arrived);
      return () => socket.off('message', arrived);
    }),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => socket.terminate(),
    left: new Promise((resolve) => socket.once('close', resolve)),
    hold: () => {
      socket.pause();
      return { release: () => socket.resume() };
    },
  };
}

transportContract('webSocket', async () => {
  const { server, url } = await serve();
  const arrivals = new Arrivals<FarEnd>();
  server.on('connection', (socket) => socket.once('message', () => arrivals.push(overSocket(socket))));
  const closed = await serve();
  await stop(closed.server);
  return {
    transport: greeting(webSocket(url, { WebSocket })),
    unavailable: webSocket(closed.url, { WebSocket }),
    secondOpening: 'independent',
    farEnd: () => arrivals.next(),
    dispose: () => stop(server),
  };
});

describe('webSocket', () => {
  let server: WebSocketServer;
  let url: string;
  beforeEach(async () => ({ server, url } = await serve()));
  afterEach(() => stop(server));

  it('hands out what the other end sends with the connection, and drops text', async () => {
    server.on('connection', (socket) => {
      socket.send(pattern(3));
      socket.send('text');
      socket.send(pattern(5, 2));
    });
    const bytes$ = webSocket(url, { WebSocket })
      .open()
      .pipe(switchMap((connection) => connection.bytes$));
    const chunks = await firstValueFrom(bytes$.pipe(bufferCount(2)));
    expect(chunks.map((chunk) => [...chunk])).toEqual([[...pattern(3)], [...pattern(5, 2)]]);
  });

  it('says with which code and reason it was closed', async () => {
    server.on('connection', (socket) => socket.close(4001, 'another host came'));
    expect(await opening(webSocket(url, { WebSocket })).ended).toMatchObject({
      code: 'LINK_LOST',
      message: `${url}: the connection was closed (another host came, code 4001)`,
    });
  });

  it('closes its socket with the subscription', async () => {
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    const { close } = opening(webSocket(url, { WebSocket }));
    const [socket] = await connected;
    close();
    await once(socket, 'close');
    expect(server.clients.size).toBe(0);
  });

  it('says what to pass where the platform has no WebSocket', () => {
    const { WebSocket: own } = globalThis as { WebSocket?: unknown };
    Object.assign(globalThis, { WebSocket: undefined });
    try {
      expect(() => webSocket(url)).toThrow(/pass one as an option/);
    } finally {
      Object.assign(globalThis, { WebSocket: own });
    }
  });

  it("takes the platform's WebSocket", async () => {
    const { WebSocket: own } = globalThis as { WebSocket?: unknown };
    Object.assign(globalThis, { WebSocket });
    try {
      const { connection, close } = opening(webSocket(url));
      await connection;
      close();
    } finally {
      Object.assign(globalThis, { WebSocket: own });
    }
  });

  it('refuses what is not the URL of a WebSocket at the call', () => {
    expect(() => webSocket('http://localhost', { WebSocket })).toThrow(/begins with ws/);
  });
});
