import { defer, repeat, timer, type Observable } from 'rxjs';
import type { Camera, Frame, ReadFramesOptions } from '../../lib/index.js';
import { Opcode } from '../../lib/operators/index.js';
import { numbered, numberOf } from '../recording/recording-bench.js';
import { Bench } from './test-bench.js';

const numbers = (frames: readonly Frame[]): number[] => frames.map(({ data }) => numberOf(data));
/** A camera that numbers what it publishes: it makes the next picture when the last was read. */
function publishing(framesPerSecond: number): Bench {
  let published = 0;
  return new Bench({ framesPerSecond, frameSource: () => numbered(published++) });
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Lets time pass, and the promises on the way. */
async function pass(bench: Bench, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10) {
    bench.pass(10);
    await turn();
  }
}
const state = ({ camera }: Bench): string => {
  let now = '';
  camera.state$.subscribe((next) => (now = next.state)).unsubscribe();
  return now;
};

/** A loop whose body takes `bodyMs` for each frame. */
function loop(bench: Bench, { bodyMs = 0, most = Infinity, ...options }: LoopOptions = {}) {
  const frames: Frame[] = [];
  const iteration = bench.camera.readFrames(options)[Symbol.asyncIterator]();
  const ended = (async () => {
    for await (const frame of { [Symbol.asyncIterator]: () => iteration }) {
      frames.push(frame);
      if (frames.length === most) break;
      await new Promise<void>((resolve) => void bench.clock.schedule(() => resolve(), bodyMs));
    }
  })();
  let outcome: unknown = 'runs';
  ended.then(
    () => (outcome = 'ended'),
    (error: unknown) => (outcome = error),
  );
  return { frames, iteration, outcome: () => outcome };
}

interface LoopOptions extends ReadFramesOptions {
  readonly bodyMs?: number;
  readonly most?: number;
}

describe('readFrames()', () => {
  it('opens nothing before the first frame is asked for', async () => {
    const bench = new Bench();
    bench.camera.readFrames()[Symbol.asyncIterator]();
    await pass(bench, 100);
    expect(bench.openings).toBe(0);
  });

  it('holds the camera back while the body is busy, and misses no frame that it published', async () => {
    const bench = publishing(50);
    const { frames, iteration } = loop(bench, { bodyMs: 150 });
    await pass(bench, 3000);
    expect(frames.length).toBeGreaterThan(15);
    expect(numbers(frames)).toEqual(frames.map((_, i) => i));
    expect(bench.sent(Opcode.CHANNEL_READ).length).toBeLessThanOrEqual(frames.length + 1);
    await iteration.return!();
  });

  it('keeps the link open while a slow body is busy', async () => {
    const bench = new Bench({}, { closeAfterMs: 50 });
    const { frames, iteration } = loop(bench, { bodyMs: 500 });
    await pass(bench, 3000);
    expect(frames.length).toBeGreaterThan(4);
    expect(bench.openings).toBe(1);
    await iteration.return!();
  });

  it('lets the link close and switches the stream off after `break`, when the grace is over', async () => {
    const bench = new Bench();
    const { outcome } = loop(bench, { most: 3 });
    await pass(bench, 900);
    expect(outcome()).toBe('ended');
    expect(state(bench)).toBe('ready');
    await pass(bench, 3000);
    expect(state(bench)).toBe('closed');
    expect(bench.sent(Opcode.CHANNEL_IOCTL).map(({ payload }) => payload[4])).toEqual([1, 0]);
    expect(bench.hostTimers).toBe(0);
  });

  it('releases the lock of a frame that is being read when it is left', async () => {
    const bench = new Bench();
    let left: Promise<unknown> | undefined;
    const iteration = bench.camera.readFrames()[Symbol.asyncIterator]();
    bench.onSent = (packets) => {
      if (packets.some(({ opcode }) => opcode === Opcode.CHANNEL_READ)) left ??= iteration.return!();
    };
    const pending = iteration.next();
    await pass(bench, 500);
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(left).toBeDefined();
    expect(bench.sent(Opcode.CHANNEL_LOCK)).toHaveLength(1);
    expect(bench.sent(Opcode.CHANNEL_UNLOCK)).toHaveLength(1);
    await pass(bench, 3000);
    expect(state(bench)).toBe('closed');
  });

  it('lets go of a camera that has no frame at once when it is left', async () => {
    const bench = new Bench({}, { frameTimeoutMs: 60_000 });
    bench.camera.stop().subscribe();
    await pass(bench, 500);
    const iteration = bench.camera.readFrames()[Symbol.asyncIterator]();
    const pending = iteration.next();
    await pass(bench, 500);
    await iteration.return!();
    expect(await pending).toEqual({ done: true, value: undefined });
    await pass(bench, 3000);
    expect(state(bench)).toBe('closed');
    expect(bench.hostTimers).toBe(0);
  });

  it('throws what readFrame() errors with, and the camera is released', async () => {
    const bench = new Bench({}, { frameTimeoutMs: 500 });
    bench.camera.stop().subscribe();
    await pass(bench, 500);
    const { outcome } = loop(bench);
    await pass(bench, 4000);
    expect(outcome()).toMatchObject({ code: 'TIMEOUT' });
    expect(state(bench)).toBe('closed');
  });

  it('does not hold back others, and where it is to be lossless gets every frame beside them', async () => {
    const bench = publishing(50);
    const watched: Frame[] = [];
    const watching = bench.camera.frames$.subscribe((frame) => watched.push(frame));
    const plain = loop(bench, { bodyMs: 100 });
    await pass(bench, 2000);
    await plain.iteration.return!();
    expect(watched.length).toBeGreaterThan(80);
    expect(plain.frames.length).toBeLessThan(25);

    watched.length = 0;
    const lossless = loop(bench, { bodyMs: 100, lossless: true });
    await pass(bench, 2000);
    await lossless.iteration.return!();
    const [first] = numbers(lossless.frames);
    expect(lossless.frames.length).toBeGreaterThan(12);
    expect(numbers(lossless.frames)).toEqual(lossless.frames.map((_, i) => first! + i));
    expect(watched.length).toBeLessThanOrEqual(lossless.frames.length + 1);

    watched.length = 0;
    await pass(bench, 1000);
    expect(watched.length).toBeGreaterThan(40);
    watching.unsubscribe();
  });

  it.each<[string, (bench: Bench) => Observable<Frame>]>([
    [
      'reads one frame now and then',
      ({ camera, clock }) => defer(() => camera.readFrame()).pipe(repeat({ delay: () => timer(250, clock) })),
    ],
    ['begins to watch in the middle of its body', ({ camera }) => camera.frames$],
  ])('gets every frame, where it is to be lossless, beside a program that %s', async (_, beside) => {
    const bench = publishing(50);
    const lossless = loop(bench, { bodyMs: 200, lossless: true });
    await pass(bench, 300);
    const reading = beside(bench).subscribe();
    await pass(bench, 3000);
    reading.unsubscribe();
    await lossless.iteration.return!();
    const [first] = numbers(lossless.frames);
    expect(lossless.frames.length).toBeGreaterThan(10);
    expect(numbers(lossless.frames)).toEqual(lossless.frames.map((_frame, i) => first! + i));
  });

  it('gives frames to several that ask at once, each one of its own', async () => {
    const bench = new Bench();
    const iteration = bench.camera.readFrames()[Symbol.asyncIterator]();
    const three = Promise.all([iteration.next(), iteration.next(), iteration.next()]);
    await pass(bench, 1000);
    expect((await three).map(({ value }) => (value as Frame).index)).toEqual([0, 1, 2]);
    await iteration.return!();
  });

  it.each<[object, string]>([
    [{ lossles: true }, "did you mean 'lossless'"],
    [{ lossless: 'yes' }, 'true or false'],
  ])('refuses %j at the call', (options, words) => {
    const { camera }: { camera: Camera } = new Bench();
    expect(() => camera.readFrames(options as ReadFramesOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(words) as string }) as Error,
    );
  });
});
