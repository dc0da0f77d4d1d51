import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { firstValueFrom, Observable } from 'rxjs';
import { tcp, tcpServer, type TcpHost, type TcpServer, type TcpServerOptions } from 'openmv-rx/tcp';
import { isOpenMVError } from '../../lib/errors.js';
import { Arrivals, collect, type FarEnd, greeting, GREETING, opening, pattern, written } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';

async function serve(): Promise<{ server: Server; port: number; stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => server.close(resolve));
  };
  return { server, port: (server.address() as AddressInfo).port, stop };
}

/** A port where nothing listens. */
async function closedPort(): Promise<number> {
  const { port, stop } = await serve();
  await stop();
  return port;
}

function overSocket(socket: Socket): FarEnd {
  return {
    bytes$: new Observable((subscriber) => {
      const arrived = (data: Buffer): void => subscriber.next(data);
      socket.on('data', arrived).resume();
      return () => socket.off('data', arrived);
    }),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => socket.destroy(),
    left: new Promise((resolve) => socket.once('close', resolve)),
    hold: () => {
      socket.pause();
      return { release: () => void socket.resume() };
    },
  };
}

async function greeted(socket: Socket): Promise<FarEnd> {
  while (socket.read(GREETING.length) === null) await once(socket, 'readable');
  return overSocket(socket);
}

transportContract('tcp', async () => {
  const { server, port, stop } = await serve();
  const arrivals = new Arrivals<FarEnd>();
  server.on('connection', (socket) => void greeted(socket).then((far) => arrivals.push(far)));
  return {
    transport: greeting(tcp('127.0.0.1', port)),
    unavailable: tcp('127.0.0.1', await closedPort()),
    secondOpening: 'independent',
    farEnd: () => arrivals.next(),
    dispose: stop,
  };
});

transportContract('tcp and tcpServer', async () => {
  const arrivals = new Arrivals<FarEnd>();
  const listening = await listen(0);
  listening.server.hosts$.subscribe((host) => {
    const arrived = collect(host.bytes$);
    void arrived.bytes(GREETING.length).then(() => {
      arrivals.push({
        bytes$: host.bytes$,
        write: (bytes) => written(host.write(bytes)),
        close: () => host.close(),
        left: new Promise((resolve) => host.bytes$.subscribe({ complete: () => resolve('left') })),
      });
    });
  });
  return {
    transport: greeting(tcp('127.0.0.1', listening.server.port)),
    unavailable: tcp('127.0.0.1', await closedPort()),
    secondOpening: 'independent',
    farEnd: () => arrivals.next(),
    dispose: async () => {
      listening.close();
      await Promise.resolve();
    },
  };
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}

/** A server that listens, until `close`. */
async function listen(port: number, options?: TcpServerOptions): Promise<{ server: TcpServer; close: () => void }> {
  let close = (): void => undefined;
  const server = await new Promise<TcpServer>((resolve, reject) => {
    const subscription = tcpServer(port, options).subscribe({ next: resolve, error: reject });
    close = () => subscription.unsubscribe();
  });
  return { server, close };
}

describe('tcp', () => {
  let server: Server;
  let port: number;
  let stop: () => Promise<void>;
  beforeEach(async () => ({ server, port, stop } = await serve()));
  afterEach(() => stop());

  const reached = async (): Promise<{ far: Socket; near: ReturnType<typeof opening> }> => {
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const near = opening(tcp('127.0.0.1', port));
    await near.connection;
    const [far] = await connected;
    return { far, near };
  };

  it('is named after its address, with brackets around IPv6', () => {
    expect(tcp('camera.local', 5000).name).toBe('tcp://camera.local:5000');
    expect(tcp('::1', 5000).name).toBe('tcp://[::1]:5000');
  });

  it('reaches a camera by name', async () => {
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const { connection, close } = opening(tcp('localhost', port));
    await Promise.all([connection, connected]);
    close();
  });

  it('reaches a camera by its IPv6 address', async () => {
    const { server: six, close: end } = await listen(0, { host: '::1' });
    const arriving = firstValueFrom(six.hosts$);
    const { connection, close } = opening(tcp('::1', six.port));
    await Promise.all([connection, arriving]);
    expect(six.address).toBe(`[::1]:${six.port}`);
    close();
    end();
  });

  it('says what to try if nothing listens', async () => {
    const refused = await closedPort();
    expect(await opening(tcp('127.0.0.1', refused)).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: `tcp://127.0.0.1:${refused} refused the connection: is the camera (or its server) running, and is the port right?`,
    });
  });

  it('reports an unknown name', async () => {
    expect(await opening(tcp('no..name', 5000)).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('has an unknown host name') as string,
    });
  });

  it('reports the loss if the other end closes its half', async () => {
    const { far, near } = await reached();
    const arrived = collect((await near.connection).bytes$);
    far.end(pattern(10));
    expect(await arrived.bytes(10)).toHaveLength(10);
    expect(await near.ended).toMatchObject({
      code: 'LINK_LOST',
      message: `tcp://127.0.0.1:${port} closed the connection`,
    });
  });

  it('reports the loss if the other end resets the connection', async () => {
    const { far, near } = await reached();
    far.resetAndDestroy();
    expect(await near.ended).toMatchObject({
      code: 'LINK_LOST',
      message: expect.stringContaining('ECONNRESET') as string,
    });
  });

  it('asks whether the camera is in use if it closes the connection before sending anything', async () => {
    const { far, near } = await reached();
    far.destroy();
    const error = await near.ended;
    expect(isOpenMVError(error, 'LINK_LOST') && error.message).toMatch(
      /before sending anything: is it already in use\?$/,
    );
  });

  it('completes a write only when the system has room for it', async () => {
    const { far, near } = await reached();
    far.pause();
    let done = false;
    const write = written((await near.connection).write(new Uint8Array(32 << 20))).then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(done).toBe(false);
    far.resume();
    await write;
    near.close();
  });

  it.each(['far', 'near'])('errors the current and the queued writes when the %s end closes', async (end) => {
    const { far, near } = await reached();
    far.pause();
    const connection = await near.connection;
    const writes = [new Uint8Array(32 << 20), pattern(1)].map((bytes) => written(connection.write(bytes)));
    const outcomes = Promise.allSettled(writes);
    if (end === 'far') far.destroy();
    else near.close();
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'LINK_LOST' } });
  });

  it('gives up after its timeout if nobody answers', async () => {
    const listening = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      console.log(this.address().port);
    })`;
    const stopped = spawn(process.execPath, ['-e', listening]);
    const [silent] = (await once(stopped.stdout, 'data')) as [Buffer];
    stopped.kill('SIGSTOP');
    // The system answers for a program that sleeps, for as many as that has said it would take.
    const transport = tcp('127.0.0.1', Number(silent), { connectTimeoutMs: 100 });
    const openings = Array.from({ length: 5 }, () => opening(transport));
    expect(await Promise.race(openings.map(({ ended }) => ended))).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: `tcp://127.0.0.1:${Number(silent)} did not answer: is the camera on, and on the same network?`,
    });
    openings.forEach(({ close }) => close());
    stopped.kill('SIGKILL');
    await once(stopped, 'exit');
  });

  it('leaves no socket open, whenever it is unsubscribed from', async () => {
    server.on('connection', (socket) => socket.resume());
    const before = openSockets();
    for (let turns = 0; turns < 20; turns++) {
      const { close } = opening(tcp('127.0.0.1', port));
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      close();
    }
    while (openSockets() > before) await new Promise(setImmediate); // fails by running into the deadline
  });

  it.each([
    ['', 5000],
    ['http://camera', 5000],
    ['camera:5000', 5000],
    ['[::1]', 5000],
    ['two words', 5000],
    ['camera', 0],
    ['camera', 65_536],
    ['camera', 1.5],
    ['camera', NaN],
  ])('refuses the address "%s", port %s at the call', (host, wrong) => {
    expect(() => tcp(host, wrong)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });

  it.each([0, -1, NaN, Infinity])('refuses a connect timeout of %s ms at the call', (connectTimeoutMs) => {
    expect(() => tcp('camera', 5000, { connectTimeoutMs })).toThrow(/must be milliseconds above 0/);
  });
});

describe('tcpServer', () => {
  it('listens while it is subscribed to, and then disconnects its hosts', async () => {
    const { server, close } = await listen(0);
    const arriving = firstValueFrom(server.hosts$);
    const host = opening(tcp('127.0.0.1', server.port));
    await arriving;
    let completed = false;
    server.hosts$.subscribe({ complete: () => (completed = true) });
    close();
    expect(completed).toBe(true);
    expect(await host.ended).toMatchObject({ code: 'LINK_LOST' });
    expect(await opening(tcp('127.0.0.1', server.port)).ended).toMatchObject({ code: 'PORT_UNAVAILABLE' });
  });

  it('reports that a port is in use', async () => {
    const { server, close } = await listen(0);
    await expect(listen(server.port)).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: `tcp://127.0.0.1:${server.port} is in use by another program: end that program, or use another port`,
    });
    close();
  });

  it('reports an address that is not of this computer', async () => {
    await expect(listen(0, { host: '192.0.2.77' })).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('not an address of this computer') as string,
    });
  });

  it('disconnects a host that nobody accepts', async () => {
    const { server, close } = await listen(0);
    expect(await opening(tcp('127.0.0.1', server.port)).ended).toMatchObject({ code: 'LINK_LOST' });
    close();
  });

  describe('for one host', () => {
    let server: TcpServer;
    let close: () => void;
    let hosts: Arrivals<TcpHost>;

    beforeEach(async () => {
      hosts = new Arrivals();
      ({ server, close } = await listen(0, { maxHosts: 1 }));
      server.hosts$.subscribe((host) => hosts.push(host));
    });
    afterEach(() => close());

    it('refuses a second host, and does not disturb the first', async () => {
      const first = opening(tcp('127.0.0.1', server.port));
      const near = await first.connection;
      const host = await hosts.next();
      expect(await opening(tcp('127.0.0.1', server.port)).ended).toMatchObject({
        code: 'LINK_LOST',
        message: expect.stringContaining('already in use?') as string,
      });
      const arrived = collect(host.bytes$);
      near.write(pattern(10));
      expect(await arrived.bytes(10)).toHaveLength(10);
      first.close();
    });

    it('accepts a host as soon as the other has left, repeatedly', async () => {
      for (let round = 0; round < 20; round++) {
        const { connection, close: leave } = opening(tcp('127.0.0.1', server.port));
        const near = await connection;
        near.write(pattern(10, round));
        await hosts.next();
        leave();
      }
    });

    it('loses no bytes that a waiting host has already sent', async () => {
      const first = opening(tcp('127.0.0.1', server.port));
      await first.connection;
      await hosts.next();
      const second = opening(tcp('127.0.0.1', server.port));
      const near = await second.connection;
      await written(near.write(pattern(10)));
      first.close();
      expect(await collect((await hosts.next()).bytes$).bytes(10)).toEqual(Buffer.from(pattern(10)));
      second.close();
    });

    it('accepts the next host when told to disconnect one', async () => {
      const first = opening(tcp('127.0.0.1', server.port));
      await first.connection;
      (await hosts.next()).close();
      expect(await first.ended).toMatchObject({ code: 'LINK_LOST' });
      const second = opening(tcp('127.0.0.1', server.port));
      await second.connection;
      await hosts.next();
      second.close();
    });
  });

  it.each([
    [65_536, {}],
    [-1, {}],
    [5000, { host: '' }],
    [5000, { maxHosts: 0 }],
    [5000, { maxHosts: 1.5 }],
  ])('refuses port %s with %j at the call', (port, options) => {
    expect(() => tcpServer(port, options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});
