import { catchError, concatMap, defer, EMPTY, map, range, repeat, take, tap } from 'rxjs';
import { Camera, isOpenMVError, type LinkStatistics } from '../../lib/index.js';
import { ChannelFlag } from '../../lib/operators/index.js';
import type { Faults } from '../../lib/transport/fault-line.js';
import type { Transport } from '../../lib/transport/transport.js';
import { VirtualCamera, type VirtualCameraOptions } from '../../lib/virtual/index.js';
import { SteadyClock } from './faults/steady-clock.js';
import { Wire } from './faults/wire.js';

interface Options {
  /** One way, in milliseconds. */
  readonly delay: number;
  readonly ack?: boolean;
  readonly faults?: Faults;
  readonly seed?: number;
  readonly seconds?: number;
  readonly device?: VirtualCameraOptions;
  /** Reads with `readFrame()` in a loop. */
  readonly oneByOne?: boolean;
  /** The frames that each subscription to `frames$` takes. Default: all. */
  readonly taken?: number;
  readonly through?: (transport: Transport) => Transport;
  /** Writes to a channel all the time. */
  readonly writes?: boolean;
}

/** A JPEG of about 20 KB. It begins with its number; the rest repeats it. */
function picture(index: number): Uint8Array {
  const bytes = new Uint8Array(20 * 1024 - ((index * 7919) % 3000)).fill(index & 0xff);
  new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
}

/** Frames and writes of a camera behind a wire, in virtual time. */
function watched({
  delay,
  ack = true,
  faults,
  seed = 1,
  seconds = 3,
  device,
  oneByOne,
  taken,
  through,
  writes,
}: Options) {
  const clock = new SteadyClock();
  const wire = new Wire(clock, seed);
  let published = 0;
  const virtual = new VirtualCamera({
    scheduler: clock,
    stdoutIntervalMs: false,
    framesPerSecond: 500,
    frameSource: (index) => {
      published++;
      return picture(index);
    },
    ...device,
  });
  const written = new Map<number, number>();
  const write = (_: number, data: Uint8Array): number => {
    const number = new DataView(data.buffer, data.byteOffset).getUint32(0);
    written.set(number, (written.get(number) ?? 0) + 1);
    return data.length;
  };
  virtual.device.register('log', { write }, ChannelFlag.WRITE);
  const wired = wire.through(virtual.transport());
  const camera = new Camera(through?.(wired) ?? wired, { scheduler: clock, capabilities: { ack } });
  wire.faults({ delay });
  const numbers: number[] = [];
  const problems: string[] = [];
  const all$ = taken === undefined ? camera.frames$ : camera.frames$.pipe(take(taken), repeat());
  const frames$ = oneByOne ? defer(() => camera.readFrame()).pipe(repeat()) : all$;
  frames$.subscribe({
    next: ({ data }) => {
      const number = new DataView(data.buffer, data.byteOffset).getUint32(0);
      if (Buffer.compare(data, picture(number)) !== 0) problems.push(`frame ${number} is not whole`);
      if (number <= (numbers.at(-1) ?? -1)) problems.push(`frame ${number} came again`);
      numbers.push(number);
    },
    error: (error: unknown) => problems.push(String(error)),
  });
  clock.pass(1000);
  wire.faults({ delay, ...faults });
  const ends: string[] = [];
  if (writes) {
    const one = (number: number) => {
      const data = new Uint8Array(16);
      new DataView(data.buffer).setUint32(0, number);
      return camera
        .channel('log')
        .write(data)
        .pipe(
          tap({ complete: () => (ends[number] = 'done') }),
          catchError((error: unknown) => {
            ends[number] = isOpenMVError(error) ? error.code : String(error);
            return EMPTY;
          }),
        );
    };
    range(0, 1e6).pipe(concatMap(one)).subscribe();
  }
  const [seen, before] = [numbers.length, published];
  clock.pass(seconds * 1000);
  let statistics: LinkStatistics | undefined;
  camera.stats$.subscribe((now) => (statistics = now)).unsubscribe();
  ends.forEach((end, number) => {
    const times = written.get(number) ?? 0;
    if (times > 1 || (end === 'done' && times !== 1)) problems.push(`write ${number}: ${end}, ${times} times`);
  });
  return {
    perSecond: (numbers.length - seen) / seconds,
    share: (numbers.length - seen) / (published - before),
    lost: statistics!.lostFrames,
    resynchronisations: statistics!.resynchronisations,
    writes: ends.length,
    problems,
  };
}

const right = { problems: [], resynchronisations: 0 };

describe('frames over a link with a delay', () => {
  describe.each([
    ['with acknowledgements', true],
    ['without acknowledgements', false],
  ])('%s', (_, ack) => {
    // A round trip each, and what the camera takes to publish. LOCKs are 12 ms apart at least.
    it.each([
      [0.1, 80],
      [2, 80],
      [5, 70],
      [10, 40],
      [20, 21],
    ])('of %d ms each way come %d times a second', (delay, least) => {
      const seen = watched({ delay, ack });
      expect(seen).toMatchObject({ ...right, lost: 0 });
      expect(seen.perSecond).toBeGreaterThanOrEqual(least);
    });

    it('lose little to lost packets', () => {
      const clean = watched({ delay: 5, ack }).perSecond;
      const seen = watched({ delay: 5, ack, faults: { loss: 0.01 }, seconds: 20 });
      expect(seen).toMatchObject(right);
      expect(seen.perSecond / clean).toBeGreaterThanOrEqual(ack ? 0.75 : 0.85);
      expect(seen.lost / (20 * seen.perSecond)).toBeLessThanOrEqual(0.025);
    });
  });

  it.each([30, 60])('come all from a camera with a beat of %d a second', (framesPerSecond) => {
    const seen = watched({ delay: 5, device: { framesPerSecond } });
    expect(seen).toMatchObject({ ...right, lost: 0 });
    expect(seen.perSecond).toBeGreaterThanOrEqual(0.98 * framesPerSecond);
  });

  it('are never lost if they are read one by one, whatever the wire loses', () => {
    const seen = watched({ delay: 5, oneByOne: true, faults: { loss: 0.01, damage: 0.01 }, seconds: 20 });
    expect(seen).toMatchObject({ ...right, lost: 0 });
    expect(seen.share).toBeGreaterThan(0.99);
  });

  it('are not read ahead for a subscription that takes one, however long that waits for it', () => {
    const seen = watched({ delay: 5, taken: 1, seconds: 10, device: { framesPerSecond: 10 } });
    expect(seen).toMatchObject({ ...right, lost: 0 });
    expect(seen.share).toBeGreaterThanOrEqual(0.99);
  });

  it('are read one command after another where packets may overtake each other', () => {
    const unordered = (transport: Transport): Transport => ({
      name: transport.name,
      open: () => transport.open().pipe(map((connection) => ({ ...connection, isOrdered: false }))),
    });
    const seen = watched({ delay: 5, through: unordered });
    expect(seen).toMatchObject({ ...right, lost: 0 });
    // Four round trips at least.
    expect(seen.perSecond).toBeLessThan(25);
  });

  it('take turns with a writer, whose commands are alone on the wire', () => {
    const seen = watched({ delay: 5, writes: true });
    expect(seen).toMatchObject({ ...right, lost: 0 });
    expect(seen.writes / 3).toBeGreaterThan(40);
    expect(seen.perSecond).toBeGreaterThan(20);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('and writes beside them are right under any faults (seed %d)', (seed) => {
    const faults = { loss: 0.02, damage: 0.02, jitter: 1 };
    const ack = seed % 2 === 0;
    expect(watched({ delay: 2, ack, writes: true, faults, seed, seconds: 5 })).toMatchObject(right);
  });
});
