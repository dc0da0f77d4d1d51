import { filter, firstValueFrom, lastValueFrom, map, NEVER, Subject } from 'rxjs';
import {
  largestChannel,
  opening,
  readable,
  reading,
  repeats,
  roundTrips,
  streaming,
} from '../../../lib/cli/bench/measurements.js';
import { Camera, type Transport } from '../../../lib/index.js';
import { decode, isPacket, Opcode } from '../../../lib/operators/index.js';
import { VirtualCamera, type VirtualCameraOptions } from '../../../lib/virtual/index.js';
import { until } from '../bridge/bridge-bed.js';

const MS = 150;

function bench(options: VirtualCameraOptions = {}) {
  const virtual = new VirtualCamera(options);
  return { virtual, ...host(virtual) };
}

/** A host, and how it switches the stream (PROTOCOL 8). */
function host(virtual: VirtualCamera) {
  const written$ = new Subject<Uint8Array>();
  const switches: number[] = [];
  written$.pipe(decode(), filter(isPacket)).subscribe(({ opcode, payload }) => {
    if (opcode === Opcode.CHANNEL_IOCTL && payload.length === 8 && payload[0] === 0) switches.push(payload[4]!);
  });
  const cable = virtual.transport();
  const transport: Transport = {
    name: cable.name,
    open: () =>
      cable.open().pipe(
        map((connection) => ({
          bytes$: connection.bytes$,
          write: (bytes) => {
            written$.next(bytes);
            return connection.write(bytes);
          },
        })),
      ),
  };
  const camera = new Camera(transport, { reconnect: 'never', closeAfterMs: 0 });
  const connection = camera.connect();
  const done = async (): Promise<void> => {
    connection.unsubscribe();
    await firstValueFrom(camera.state$.pipe(filter(({ state }) => state === 'closed')));
  };
  return { camera, switches, done };
}

describe('the measurements of a camera', () => {
  it('measures the time to open until the camera can be used', async () => {
    const { camera, done } = bench();
    const found = await lastValueFrom(opening(camera));
    expect(found).toEqual({ measured: 'opening', milliseconds: expect.any(Number) as number });
    await done();
  });

  it('measures round trips of consecutive commands', async () => {
    const { camera, done } = bench();
    const found = await lastValueFrom(roundTrips(camera, MS));
    if (found.measured !== 'round trips') throw new Error(found.measured);
    expect(found.count).toBeGreaterThan(10);
    expect(found.p50Milliseconds!).toBeGreaterThan(0);
    expect(found.p99Milliseconds!).toBeGreaterThanOrEqual(found.p50Milliseconds!);
    expect(found.p50Milliseconds!).toBeLessThan(MS / 10);
    await done();
  });

  it('measures size and rate of frames, and switches the stream off again', async () => {
    const { camera, switches, done } = bench({ framesPerSecond: 100, frameSource: () => new Uint8Array(5000) });
    const found = await lastValueFrom(streaming(camera, 500));
    if (found.measured !== 'frames') throw new Error(found.measured);
    expect(found.count).toBeGreaterThan(5);
    expect(found.bytesPerFrame).toBe(5000);
    expect(found.framesPerSecond!).toBeLessThan(120);
    expect(found.megabytesPerSecond!).toBeCloseTo((found.framesPerSecond! * 5000) / 1e6, 2);
    await until(() => switches.length === 2);
    expect(switches).toEqual([1, 0]);
    await done();
  });

  it('leaves a stream on that was on before', async () => {
    const { virtual, camera, done } = bench();
    await lastValueFrom(camera.stream({ enabled: true }), { defaultValue: undefined });
    let published = false;
    while (!published) published = await lastValueFrom(camera.channel('stream').poll());
    await done();
    const next = host(virtual); // which knows nothing of that
    await lastValueFrom(streaming(next.camera, MS));
    published = false;
    while (!published) published = await lastValueFrom(next.camera.channel('stream').poll());
    expect(next.switches).toEqual([1]);
    await next.done();
  });

  it('reports zero frames if none arrive', async () => {
    const { camera, done } = bench({ runScript: () => NEVER });
    await lastValueFrom(camera.stop(), { defaultValue: undefined });
    expect(await lastValueFrom(streaming(camera, MS))).toEqual({ measured: 'frames', count: 0 });
    await done();
  });

  it('reads the largest channel of a script, and counts only the time of readings', async () => {
    const { virtual, camera, done } = bench();
    virtual.device.register('large', { size: () => 20_000, readp: (_, size) => new Uint8Array(size) });
    expect(await lastValueFrom(largestChannel(camera))).toBe('large');
    const found = await lastValueFrom(reading(camera.channel('large'), MS));
    if (found.measured !== 'reading') throw new Error(found.measured);
    expect(found).toMatchObject({ channel: 'large', bytesPerReading: 20_000 });
    expect(found.count).toBeGreaterThan(2);
    await done();
  });

  it('reports an empty channel, and finds no channel if the script has none', async () => {
    const { virtual, camera, done } = bench();
    virtual.device.register('empty', { size: () => 0, readp: () => new Uint8Array(0) });
    expect(await lastValueFrom(reading(camera.channel('empty'), MS))).toEqual({
      measured: 'reading',
      channel: 'empty',
      count: 0,
    });
    await lastValueFrom(camera.run('while True: pass'));
    await lastValueFrom(camera.stop(), { defaultValue: undefined });
    expect(await lastValueFrom(largestChannel(camera))).toBe(undefined);
    await done();
  });

  it('errors for a missing or unreadable channel, but not for an empty one', async () => {
    const virtual = new VirtualCamera();
    virtual.device.register('empty', { size: () => 0, readp: () => new Uint8Array(0) });
    const camera = new Camera(virtual.transport(), { commandTimeoutMs: 100 });
    const found = (name: string): Promise<unknown> => lastValueFrom(readable(camera, name), { defaultValue: 'well' });
    await expect(found('no-such')).rejects.toMatchObject({ code: 'NO_SUCH_CHANNEL' });
    await expect(found('stdin')).rejects.toMatchObject({ code: 'NOT_READABLE' });
    expect(await found('empty')).toBe('well');
  });

  it('reports the repeats of the link so far', async () => {
    const { camera, done } = bench();
    await lastValueFrom(opening(camera));
    const found = await lastValueFrom(repeats(camera));
    if (found.measured !== 'link') throw new Error(found.measured);
    expect(found.sentPackets).toBeGreaterThan(0);
    expect(found).toMatchObject({ repeatedCommands: 0, receivedRepeats: 0, rejected: 0 });
    await done();
  });
});
