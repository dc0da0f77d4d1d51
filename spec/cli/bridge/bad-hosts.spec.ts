import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { pattern } from '../../contracts/far-end.js';
import { BridgeBed, closeOf, until } from './bridge-bed.js';

describe('bridge, with a misbehaving host,', () => {
  let bed: BridgeBed;
  beforeEach(async () => {
    bed = await BridgeBed.start();
  });
  afterEach(() => bed.end());

  it.each([
    ['text', (socket: WebSocket) => socket.send('hello'), 1003],
    ['a message of 2 MB', (socket: WebSocket) => socket.send(new Uint8Array(2 << 20)), 1009],
  ])('disconnects a host that sends %s', async (_, send, code) => {
    const socket = new WebSocket(bed.url);
    socket.once('open', () => {
      send(socket);
    });
    expect(await closeOf(socket)).toMatchObject({ code });
    await bed.opened(0);
    await bed.expectAlive();
  });

  it('continues after garbage before and after the handshake', async () => {
    const { port } = new URL(bed.url);
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
    await bed.expectAlive();
  });

  it('tells a browser that requests a page what it is', async () => {
    const response = await fetch(bed.url.replace('ws:', 'http:'));
    expect(response.status).toBe(426);
    expect(await response.text()).toMatch(/WebSocket/);
    await bed.expectAlive();
  });

  it('disconnects a host that reads nothing while the camera keeps sending', async () => {
    const socket = new WebSocket(bed.url);
    await once(socket, 'open');
    await bed.opened(1);
    socket.pause();
    while (bed.camera.openings === 1) {
      bed.camera.send(new Uint8Array(1 << 20));
      await new Promise(setImmediate);
    }
    expect(await bed.next('disconnected')).toMatchObject({
      reason: 'the host does not read fast enough',
    });
    socket.terminate();
    await bed.expectAlive();
  });

  it('makes a host wait that sends more than the camera accepts', async () => {
    const socket = new WebSocket(bed.url);
    await once(socket, 'open');
    const { waiting, release } = bed.camera.hold();
    const message = pattern(100_000);
    for (let i = 0; i < 200; i++) socket.send(message);
    for (let before = -1; before !== waiting() || before === 0;) {
      before = waiting();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(waiting()).toBeLessThan(20);
    let taken = 0;
    bed.camera.received$.subscribe(({ length }) => (taken += length));
    release();
    await until(() => taken === 20_000_000);
    socket.close();
  });

  it('refuses a request of a page from another site, and accepts one of this computer', async () => {
    expect(await closeOf(new WebSocket(bed.url, { origin: 'https://example.org' }))).toEqual({
      code: 4403,
      reason: 'pages from https://example.org may not connect: start the bridge with --allow-origin',
    });
    expect(bed.camera.openings).toBe(0);
    const own = new WebSocket(bed.url, { origin: 'http://localhost:3000' });
    await once(own, 'open');
    await bed.opened(1);
    own.close();
  });
});

describe('bridge with a token', () => {
  let bed: BridgeBed;
  beforeEach(async () => {
    bed = await BridgeBed.start({ token: 'ünguessable' });
  });
  afterEach(() => bed.end());

  it('admits a host that sends the token', async () => {
    const { connection, close } = bed.host({ token: 'ünguessable' });
    await connection;
    await bed.opened(1);
    close();
  });

  it.each([
    ['another one', { token: 'letmein' }, 'wrong token, code 4401'],
    ['none', {}, 'a token is needed, code 4401'],
  ])('refuses a host that sends %s, and opens nothing for it', async (_, words, says) => {
    expect(await bed.host(words).ended).toMatchObject({ message: expect.stringContaining(says) as string });
    const refused = (await bed.next('refused')) as { reason: string };
    expect(JSON.stringify(refused)).not.toContain('letmein');
    expect(bed.camera.openings).toBe(0);
  });
});
