import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { firstValueFrom, Observable } from 'rxjs';
import { udp, udpServer, type UdpServer, type UdpServerOptions } from 'openmv-rx/udp';
import { encodePacket } from '../../lib/wire/encoder.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { Arrivals, collect, type FarEnd, greeting, GREETING, opening, pattern, written } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';

async function bound(port = 0, address = '127.0.0.1'): Promise<{ socket: Socket; port: number; stop: () => void }> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  let open = true;
  const stop = (): void => {
    if (open) socket.close();
    open = false;
  };
  return { socket, port: socket.address().port, stop };
}

/** A host's own place at the socket of a camera. */
function overSocket(socket: Socket, host: RemoteInfo, close: () => void): FarEnd {
  return {
    bytes$: new Observable((subscriber) => {
      const arrived = (data: Buffer, from: RemoteInfo): void => {
        if (from.port === host.port) subscriber.next(data);
      };
      socket.on('message', arrived);
      return () => socket.off('message', arrived);
    }),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, host.port, host.address, (error) => (error ? reject(error) : resolve()));
      }),
    close,
  };
}

transportContract(
  'udp',
  async () => {
    let camera = await bound();
    const { port } = camera;
    const arrivals = new Arrivals<FarEnd>();
    const watch = ({ socket, stop }: typeof camera): void =>
      void socket.on('message', (data, from) => {
        if (GREETING.every((byte, i) => byte === data[i])) arrivals.push(overSocket(socket, from, stop));
      });
    watch(camera);
    return {
      transport: greeting(udp('127.0.0.1', port)),
      // A broadcast address, which the system refuses without a word to the network.
      unavailable: udp('255.255.255.255', port),
      secondOpening: 'independent',
      farEnd: () => arrivals.next(),
      restore: async () => {
        camera.stop();
        camera = await bound(port);
        watch(camera);
      },
      dispose: () => {
        camera.stop();
        return Promise.resolve();
      },
    };
  },
  'datagrams',
);

/** A server that listens, until `close`. */
async function listen(port: number, options?: UdpServerOptions): Promise<{ server: UdpServer; close: () => void }> {
  let close = (): void => undefined;
  const server = await new Promise<UdpServer>((resolve, reject) => {
    const subscription = udpServer(port, options).subscribe({ next: resolve, error: reject });
    close = () => subscription.unsubscribe();
  });
  return { server, close };
}

describe('udp', () => {
  let socket: Socket;
  let port: number;
  let stop: () => void;
  beforeEach(async () => ({ socket, port, stop } = await bound()));
  afterEach(() => stop());

  const joined = async (): Promise<{ near: ReturnType<typeof opening>; host: RemoteInfo }> => {
    const heard = once(socket, 'message') as Promise<[Buffer, RemoteInfo]>;
    const near = opening(udp('127.0.0.1', port));
    (await near.connection).write(pattern(1));
    return { near, host: (await heard)[1] };
  };

  it('is named after its address, with port 5555 by default', () => {
    expect(udp('camera.local').name).toBe('udp://camera.local:5555');
    expect(udp('::1', 5000).name).toBe('udp://[::1]:5000');
  });

  it('prefers packets that fit in a datagram, without acknowledgements', () => {
    expect(udp('camera.local').preferred).toEqual({ maxPayload: 1400, ack: false });
  });

  it('reaches a camera by name', async () => {
    const heard = once(socket, 'message');
    const near = opening(udp('localhost', port));
    (await near.connection).write(pattern(1));
    await heard;
    near.close();
  });

  it('reaches a camera by its IPv6 address', async () => {
    const camera = await bound(0, '::1');
    const heard = once(camera.socket, 'message');
    const near = opening(udp('::1', camera.port));
    (await near.connection).write(pattern(1));
    await heard;
    near.close();
    camera.stop();
  });

  it('opens, and stays open, even if nobody answers', async () => {
    const { near } = await joined();
    for (let i = 0; i < 20; i++) await written((await near.connection).write(pattern(100)));
    expect(near.isOver()).toBe(false);
    near.close();
  });

  it('sends one packet per datagram, even if several are written at once', async () => {
    const { near } = await joined();
    const seen: number[] = [];
    const last = new Promise<void>((resolve) =>
      socket.on('message', ({ length }) => {
        seen.push(length);
        if (length === 1) resolve();
      }),
    );
    const packets = [
      encodePacket({ opcode: Opcode.PROTO_SYNC }),
      encodePacket({ opcode: Opcode.CHANNEL_WRITE, payload: pattern(100) }),
    ];
    const { write } = await near.connection.then((connection) => ({
      write: (bytes: Uint8Array) => written(connection.write(bytes)),
    }));
    await write(Buffer.concat([...packets, ...packets]));
    await write(pattern(1));
    await last;
    expect(seen).toEqual([10, 114, 10, 114, 1]);
    near.close();
  });

  it('ignores datagrams from other senders', async () => {
    const { near, host } = await joined();
    const arrived = collect((await near.connection).bytes$);
    const stranger = await bound();
    for (let i = 0; i < 10; i++)
      await new Promise((resolve) => stranger.socket.send(pattern(10, 9), host.port, host.address, resolve));
    await new Promise((resolve) => socket.send(pattern(10), host.port, host.address, resolve));
    expect(await arrived.bytes(10)).toEqual(Buffer.from(pattern(10)));
    stranger.stop();
    near.close();
  });

  it('ignores an empty datagram, and accepts one of 64 KB as a chunk', async () => {
    const { near, host } = await joined();
    const chunks: number[] = [];
    const connection = await near.connection;
    connection.bytes$.subscribe(({ length }) => chunks.push(length));
    const arrived = collect(connection.bytes$);
    for (const length of [0, 65_507, 1])
      await new Promise((resolve) => socket.send(pattern(length), host.port, host.address, resolve));
    await arrived.bytes(65_508);
    expect(chunks).toEqual([65_507, 1]);
    near.close();
  });

  it('says what to try if nothing listens, after the first write', async () => {
    stop();
    const near = opening(udp('127.0.0.1', port));
    (await near.connection).write(pattern(1));
    expect(await near.ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: `udp://127.0.0.1:${port} refused the connection: is the camera (or its server) running, and is the port right?`,
    });
  });

  it('reports an unknown name', async () => {
    expect(await opening(udp('no..name')).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('has an unknown host name') as string,
    });
  });

  it.each([
    ['', 5555],
    ['udp://camera', 5555],
    ['[::1]', 5555],
    ['camera', 0],
    ['camera', 65_536],
  ])('refuses the address "%s", port %s at the call', (host, wrong) => {
    expect(() => udp(host, wrong)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});

describe('udpServer', () => {
  it('answers the latest sender', async () => {
    const { server, close } = await listen(0);
    const arrived = collect(server.bytes$);
    const hosts = [opening(udp('127.0.0.1', server.port)), opening(udp('127.0.0.1', server.port))];
    const [one, two] = await Promise.all(hosts.map(({ connection }) => connection));
    const [toOne, toTwo] = [collect(one!.bytes$), collect(two!.bytes$)];
    one!.write(pattern(1));
    await arrived.bytes(1);
    await written(server.write(pattern(10, 1)));
    two!.write(pattern(1));
    await arrived.bytes(2);
    await written(server.write(pattern(10, 2)));
    expect(await toOne.bytes(10)).toEqual(Buffer.from(pattern(10, 1)));
    expect(await toTwo.bytes(10)).toEqual(Buffer.from(pattern(10, 2)));
    hosts.forEach((host) => host.close());
    close();
  });

  it('drops bytes written before the first host, and continues after a host has left', async () => {
    const { server, close } = await listen(0);
    await written(server.write(pattern(10)));
    const arrived = collect(server.bytes$);
    const first = opening(udp('127.0.0.1', server.port));
    (await first.connection).write(pattern(1));
    await arrived.bytes(1);
    first.close();
    for (let i = 0; i < 10; i++) await written(server.write(pattern(10)));
    const second = opening(udp('127.0.0.1', server.port));
    const near = await second.connection;
    const answer = firstValueFrom(near.bytes$);
    near.write(pattern(1));
    await arrived.bytes(2);
    server.write(pattern(5));
    expect(await answer).toEqual(pattern(5));
    second.close();
    close();
  });

  it('sends one packet per datagram, and refuses a packet that is too large for one', async () => {
    const { server, close } = await listen(0);
    const arrived = collect(server.bytes$);
    const host = opening(udp('127.0.0.1', server.port));
    const near = await host.connection;
    const chunks: number[] = [];
    near.bytes$.subscribe(({ length }) => chunks.push(length));
    const back = collect(near.bytes$);
    near.write(pattern(1));
    await arrived.bytes(1);
    const packet = encodePacket({ opcode: Opcode.PROTO_SYNC });
    await expect(written(server.write(new Uint8Array(65_536)))).rejects.toMatchObject({ code: 'TOO_LARGE' });
    server.write(Buffer.concat([packet, packet]));
    await back.bytes(20);
    expect(chunks).toEqual([10, 10]);
    host.close();
    close();
  });

  it('closes with its subscription', async () => {
    const { server, close } = await listen(0);
    let completed = false;
    server.bytes$.subscribe({ complete: () => (completed = true) });
    close();
    expect(completed).toBe(true);
    await expect(written(server.write(pattern(1)))).rejects.toMatchObject({ code: 'LINK_LOST' });
    const again = await listen(server.port);
    again.close();
  });

  it('listens on an IPv6 address', async () => {
    const { server, close } = await listen(0, { host: '::1' });
    expect(server.address).toBe(`[::1]:${server.port}`);
    close();
  });

  it('reports a port in use, or an address that is not of this computer', async () => {
    const { server, close } = await listen(0);
    await expect(listen(server.port)).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: `udp://127.0.0.1:${server.port} is in use by another program: end that program, or use another port`,
    });
    await expect(listen(0, { host: '192.0.2.77' })).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('not an address of this computer') as string,
    });
    close();
  });

  it.each([
    [65_536, {}],
    [5555, { host: '[::1]' }],
  ])('refuses port %s with %j at the call', (port, options) => {
    expect(() => udpServer(port, options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});
