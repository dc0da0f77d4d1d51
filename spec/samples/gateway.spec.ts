import { connect, type Socket } from 'node:net';
import {
  AsyncSubject,
  filter,
  firstValueFrom,
  lastValueFrom,
  map,
  Observable,
  share,
  Subject,
  type Subscription,
  take,
  toArray,
} from 'rxjs';
import { Camera, json, text, type Transport } from 'openmv-rx';
import { isPacket, Opcode, type Packet } from 'openmv-rx/protocol';
import { VirtualCamera } from 'openmv-rx/virtual';
import { tcp } from 'openmv-rx/tcp';
import { Decoder } from '../../lib/wire/decoder.js';
import { UsageError, parse } from '../../samples/gateway/arguments.js';
import { gateway } from '../../samples/gateway/gateway.js';
import { pattern } from '../contracts/far-end.js';

/** The camera's own (PROTOCOL 7). */
const STREAM_ID = 3;

/** How many frames a host takes. */
const FRAMES = 12;

const FRAME_BYTES = 20_000;
const MATERIAL = pattern(2 * FRAME_BYTES);

/** Several packets, told apart by their numbers, none like another. */
function picture(index: number): Uint8Array<ArrayBuffer> {
  const bytes = MATERIAL.slice(index, index + FRAME_BYTES);
  bytes.set([index & 0xff, index >> 8]);
  return bytes;
}

const indexOf = (data: Uint8Array): number => data[0]! | (data[1]! << 8);

describe('the gateway', () => {
  let device: VirtualCamera;
  let camera: Camera;
  let shared: Subscription;
  let address: { host: string; port: number };
  let commands$: Subject<Packet>;
  /** How many frames the camera has published, and all that was written to it. */
  let published: number;
  let noted: string[];
  let hosts: Subscription[];

  const host = (transport: Transport = tcp(address.host, address.port)): Camera => {
    const one = new Camera(transport, { closeAfterMs: 0 });
    hosts.push(one.connect());
    return one;
  };
  const three = (): Camera[] => [host(), host(), host()];

  beforeEach(async () => {
    [published, noted, hosts] = [0, [], []];
    device = new VirtualCamera({
      framesPerSecond: 15,
      stdoutIntervalMs: false,
      frameSource: picture,
    });
    device.device.register('notes', {
      write: (_, data) => {
        noted.push(new TextDecoder().decode(data));
        return data.length;
      },
    });
    commands$ = new Subject();
    camera = new Camera(
      watched(device.transport(), (packet) => commands$.next(packet)),
      { closeAfterMs: 0 },
    );
    const listening = new Promise<string>((resolve, reject) => {
      shared = gateway(camera, 0).subscribe({ next: resolve, error: reject });
    });
    shared.add(camera.events$.pipe(filter(({ kind }) => kind === 'frame-ready')).subscribe(() => published++));
    address = { host: '127.0.0.1', port: Number((await listening).split(':')[1]) };
  });

  afterEach(async () => {
    hosts.forEach((one) => one.unsubscribe());
    shared.unsubscribe();
    await firstValueFrom(camera.state$.pipe(filter(({ state }) => state === 'closed')));
  });

  it('gives whole frames to three hosts at once, and reads each from the camera once', async () => {
    const all = three();
    await Promise.all(all.map((one) => firstValueFrom(one.info())));
    const seen = await Promise.all(all.map((one) => firstValueFrom(one.frames$.pipe(take(FRAMES), toArray()))));
    for (const frames of seen) {
      for (const { data } of frames) expect(Buffer.compare(data, picture(indexOf(data)))).toBe(0);
      const indices = frames.map(({ data }) => indexOf(data));
      expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
    }
    // The camera gives each frame to one reader only (PROTOCOL 8), so hosts that have the same frame have shared it.
    const different = new Set(seen.flat().map(({ data }) => indexOf(data)));
    expect(different.size).toBeLessThan(3 * FRAMES);
  });

  it('reads no frames before a host looks, and none when the last has looked', async () => {
    const [one, two] = three();
    await Promise.all([one, two].map((each) => firstValueFrom(each!.info())));
    expect(published).toBe(0);
    const off = firstValueFrom(commands$.pipe(filter(isStreamOff)));
    await Promise.all([one, two].map((each) => firstValueFrom(each!.frames$)));
    await off;
    const before = published;
    for (let round = 0; round < 20; round++) await firstValueFrom(one!.channel('config').read());
    expect(published).toBe(before);
  });

  it('brings what each host writes to the camera once', async () => {
    const writes = three().map((one, number) => lastValueFrom(one.channel('notes', text).write(`from host ${number}`)));
    await Promise.all(writes);
    expect(noted.sort()).toEqual(['from host 0', 'from host 1', 'from host 2']);
  });

  it('lets each host read and write a value of the camera, and tells all of its events', async () => {
    const [one, two, other] = three();
    await Promise.all([two, other].map((each) => firstValueFrom(each!.info())));
    const told = [two, other].map((each) => firstValueFrom(each!.channel('config').events$));
    await lastValueFrom(one!.channel('config', json<{ quality: number }>()).write({ quality: 33 }));
    expect(await Promise.all(told)).toMatchObject([{ event: 1 }, { event: 1 }]);
    const read = await firstValueFrom(other!.channel('config', json<{ quality: number }>()).read());
    expect(read.quality).toBe(33);
  });

  it('refuses what the camera refuses', async () => {
    await expect(lastValueFrom(host().channel('config', text).write('nonsense'))).rejects.toMatchObject({
      code: 'NAK',
    });
  });

  it('gives what the camera prints to all', async () => {
    const all = three();
    const printed = all.map((one) => firstValueFrom(one.stdout$.pipe(filter((piece) => piece.includes('hello')))));
    await Promise.all(all.map((one) => firstValueFrom(one.info())));
    device.print('hello\n');
    expect(await Promise.all(printed)).toHaveLength(3);
  });

  it('is not held up by a host that stops reading', async () => {
    const socket = connect(address.port, address.host);
    const sleepy = host(over(socket));
    await firstValueFrom(sleepy.frames$);
    socket.pause();
    const others = [host(), host()];
    const seen = await Promise.all(others.map((one) => firstValueFrom(one.frames$.pipe(take(FRAMES), toArray()))));
    expect(seen.map(({ length }) => length)).toEqual([FRAMES, FRAMES]);
    socket.resume();
    const { data } = await firstValueFrom(sleepy.frames$);
    expect(Buffer.compare(data, picture(indexOf(data)))).toBe(0);
  });

  it('tells its hosts of a soft reboot, and what channels there are behind it', async () => {
    const one = host();
    const names = one.channels$.pipe(map((channels) => channels.map(({ name }) => name)));
    expect(await firstValueFrom(names)).toEqual(expect.arrayContaining(['stream', 'stdout', 'config', 'notes']));
    const without = firstValueFrom(names.pipe(filter((all) => !all.includes('config'))));
    await lastValueFrom(camera.run('while True: pass'));
    await lastValueFrom(camera.stop(), { defaultValue: undefined });
    expect(await without).toEqual(expect.arrayContaining(['stream', 'stdout']));
  });

  it('lets go of its hosts and the camera when it ends', async () => {
    const one = host();
    await firstValueFrom(one.info());
    const lost = firstValueFrom(one.state$.pipe(filter(({ state }) => state === 'lost')));
    shared.unsubscribe();
    expect((await lost).error).toMatchObject({ code: 'LINK_LOST' });
  });

  it('says that its port is in use', async () => {
    const second = new Camera(new VirtualCamera().transport(), { closeAfterMs: 0 });
    await expect(lastValueFrom(gateway(second, address.port))).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
  });
});

describe("the gateway's command line", () => {
  it('means a virtual camera at port 5000 when it is empty', () => {
    expect(parse([])).toEqual({ port: undefined, listen: 5000, help: false });
    expect(parse(['--port', '/dev/ttyACM0', '--listen', '0'])).toMatchObject({ port: '/dev/ttyACM0', listen: 0 });
  });

  it.each([[['--listen', '70000']], [['--listen', '']], [['--port', '']], [['--nonsense']], [['something']]])(
    'makes no sense as %j',
    (args) => expect(() => parse(args)).toThrow(UsageError),
  );
});

/** A way on which every packet that goes to the camera is seen. */
function watched(transport: Transport, see: (packet: Packet) => void): Transport {
  return {
    ...transport,
    open: () =>
      transport.open().pipe(
        map((connection) => {
          const decoder = new Decoder();
          const write = (bytes: Uint8Array): Observable<never> => {
            decoder.push(bytes.slice()).filter(isPacket).forEach(see);
            return connection.write(bytes);
          };
          return { bytes$: connection.bytes$, write };
        }),
      ),
  };
}

function isStreamOff({ opcode, channel, payload }: Packet): boolean {
  return opcode === Opcode.CHANNEL_IOCTL && channel === STREAM_ID && payload.every((byte) => byte === 0);
}

/** A host's way whose socket the test holds. */
function over(socket: Socket): Transport {
  return {
    name: 'held',
    open: () =>
      new Observable((subscriber) => {
        const bytes$ = new Observable<Uint8Array>((reader) => {
          socket.on('data', (chunk) => reader.next(new Uint8Array(chunk)));
        }).pipe(share());
        subscriber.next({
          bytes$,
          write: (bytes) => {
            const done = new AsyncSubject<never>();
            socket.write(bytes, () => done.complete());
            return done;
          },
        });
        socket.on('error', () => undefined).once('close', () => subscriber.error(new Error('closed')));
        return () => socket.destroy();
      }),
  };
}
