import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bufferCount, firstValueFrom, switchMap } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';
import { webSocket, type WebSocketConstructor } from 'openmv-rx/websocket';
import { Arrivals, type FarEnd, greeting, opening, pattern, written } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';
import { webSocket as inNode } from '../../lib/transport/websocket/node.js';
import { webSocketFarEnd } from './websocket/far-end.js';

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

transportContract('webSocket', async () => {
  const { server, url } = await serve();
  const arrivals = new Arrivals<FarEnd>();
  server.on('connection', (socket) => socket.once('message', () => arrivals.push(webSocketFarEnd(socket))));
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

  it('emits bytes that the other end sends together with the handshake', async () => {
    server.on('connection', (socket) => {
      socket.send(pattern(3));
      socket.send(pattern(5, 2));
    });
    const bytes$ = webSocket(url, { WebSocket })
      .open()
      .pipe(switchMap((connection) => connection.bytes$));
    const chunks = await firstValueFrom(bytes$.pipe(bufferCount(2)));
    expect(chunks.map((chunk) => [...chunk])).toEqual([[...pattern(3)], [...pattern(5, 2)]]);
  });

  it('errors if the other end sends text', async () => {
    server.on('connection', (socket) => socket.send('hello'));
    expect(await opening(webSocket(url, { WebSocket })).ended).toMatchObject({
      code: 'LINK_LOST',
      message: `${url} sent text, but a camera sends bytes: is the address right?`,
    });
  });

  it('completes a write only when the other end has accepted most of it', async () => {
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    const { connection, close } = opening(webSocket(url, { WebSocket }));
    const [near, [far]] = await Promise.all([connection, connected]);
    await written(near.write(pattern(100_000)));
    far.pause();
    let done = false;
    const write = written(near.write(new Uint8Array(32 << 20))).then(() => (done = true));
    const behind = written(near.write(pattern(1)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(done).toBe(false);
    far.resume();
    await Promise.all([write, behind]);
    close();
  });

  it('cancels a waiting write on unsubscribe', async () => {
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    const { connection, close } = opening(webSocket(url, { WebSocket }));
    const [near, [far]] = await Promise.all([connection, connected]);
    far.pause();
    const write = written(near.write(new Uint8Array(32 << 20)));
    close();
    await expect(write).rejects.toMatchObject({ code: 'LINK_LOST' });
  });

  it('offers no subprotocol without a token, and sends the token in one', async () => {
    const offers: (string | undefined)[] = [];
    server.on('connection', (_, { headers }) => offers.push(headers['sec-websocket-protocol']));
    for (const options of [{}, { token: 'gehe¡m' }]) {
      const { connection, close } = opening(webSocket(url, { WebSocket, ...options }));
      await connection;
      close();
    }
    expect(offers).toEqual([undefined, `openmv,openmv.token.${Buffer.from('gehe¡m').toString('base64url')}`]);
  });

  it('keeps secrets out of its name and errors', async () => {
    const port = new URL(url).port;
    const secret = webSocket(`ws://user:secret@127.0.0.1:${port}/way?token=secret`, { WebSocket, token: 'secret' });
    server.on('connection', (socket) => socket.close(4000, 'so'));
    expect(secret.name).toBe(`ws://127.0.0.1:${port}/way`);
    const lost = (await opening(secret).ended) as Error;
    await stop(server);
    const refused = (await opening(secret).ended) as Error;
    for (const { message } of [lost, refused]) expect(message).not.toContain('secret');
    ({ server, url } = await serve());
  });

  it('reports the code and reason of a close', async () => {
    server.on('connection', (socket) => socket.close(4001, 'another host came'));
    expect(await opening(webSocket(url, { WebSocket })).ended).toMatchObject({
      code: 'LINK_LOST',
      message: `${url}: the connection was closed (another host came, code 4001)`,
    });
  });

  it('closes its socket on unsubscribe', async () => {
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    const { close } = opening(webSocket(url, { WebSocket }));
    const [socket] = await connected;
    close();
    await once(socket, 'close');
    expect(server.clients.size).toBe(0);
  });

  describe('without a given WebSocket class', () => {
    const platform = globalThis as { WebSocket?: unknown };
    const { WebSocket: own } = platform;
    afterEach(() => {
      if (own === undefined) delete platform.WebSocket;
      else platform.WebSocket = own;
    });

    it('says what to pass if the platform has none', () => {
      delete platform.WebSocket;
      expect(() => webSocket(url)).toThrow(/pass one as an option/);
    });

    it('uses that of the package ws in Node if the platform has none', async () => {
      delete platform.WebSocket;
      const { connection, close } = opening(inNode(url, { token: 'secret' }));
      await connection;
      close();
    });

    it.each([
      ['elsewhere', webSocket],
      ['in Node', inNode],
    ])("uses the platform's, %s", async (_, open) => {
      let made = 0;
      platform.WebSocket = class extends WebSocket {
        constructor(...told: ConstructorParameters<typeof WebSocket>) {
          super(...told);
          made++;
        }
      };
      const { connection, close } = opening(open(url));
      await connection;
      close();
      expect(made).toBe(1);
    });
  });

  it.each(['http://localhost', 'localhost:8787', '', 'ws://', 'ws://a b', 'ws://localhost/#part', '/camera'])(
    'refuses "%s", which is not a WebSocket URL, at the call',
    (wrong) => {
      expect(() => webSocket(wrong, { WebSocket })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
      );
    },
  );

  it('refuses an empty token at the call', () => {
    expect(() => webSocket(url, { WebSocket, token: '' })).toThrow(/must not be empty/);
  });
});

describe('webSocket to something else', () => {
  it.each([
    [401, 'refused this host (Unexpected server response: 401)'],
    [403, 'refused this host (Unexpected server response: 403)'],
    [404, 'is not a WebSocket (Unexpected server response: 404)'],
    [200, 'is not a WebSocket (Unexpected server response: 200)'],
  ])('explains an answer of %s', async (status, says) => {
    const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await opening(webSocket(url, { WebSocket })).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining(`${url} ${says}`) as string,
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it('reports that nothing listens', async () => {
    const { server, url } = await serve();
    await stop(server);
    expect(await opening(webSocket(url, { WebSocket })).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('is the camera (or its server) running') as string,
    });
  });

  it('reports that the other end does not use TLS', async () => {
    const { server, url } = await serve();
    expect(await opening(webSocket(url.replace('ws:', 'wss:'), { WebSocket })).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('does the other end speak TLS') as string,
    });
    await stop(server);
  });

  it('reports an unknown name', async () => {
    expect(await opening(webSocket('ws://no..name/', { WebSocket })).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('has an unknown host name') as string,
    });
  });

  it("reports the platform's error if it can't create a socket", async () => {
    const Refusing = function () {
      throw new Error('not from a page that came by https');
    } as unknown as WebSocketConstructor;
    expect(await opening(webSocket('ws://camera.local/', { WebSocket: Refusing })).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: "ws://camera.local/ can't be opened: not from a page that came by https",
    });
  });
});
