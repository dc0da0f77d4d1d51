import { firstValueFrom, Subscription } from 'rxjs';
import { Camera, type Frame } from '../../../lib/index.js';
import { replay, type Replay, type ReplayOptions, type ReplayProgress } from '../../../lib/recording/index.js';
import { decompressors } from '../../../lib/recording/read/mcap-records.js';
import { replayOf } from '../../../lib/recording/replay/replay.js';
import { counting } from '../counting.js';
import { PlatformClock } from '../platform-clock.js';
import { numberOf, RecordingBench, turn } from '../recording-bench.js';

let whole: Uint8Array;

const FRAMES_PER_SECOND = 20;
const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error;

beforeAll(async () => {
  // They are loaded in real time, which the virtual clock of a replay does not wait for.
  await decompressors('flight.mcap');
  const bench = new RecordingBench({ framesPerSecond: FRAMES_PER_SECOND });
  const recording = bench.start({ durationMs: 4000, chunkBytes: 8000, channels: ['late'] });
  await bench.pass(50);
  let value = 0;
  const late = bench.device.device.register('late', { size: () => 1, readp: () => Uint8Array.of(value) });
  for (let second = 0; second < 3; second++) {
    await bench.pass(900);
    value = second;
    late.sendEvent(second);
    bench.device.print(`line ${second}\n`);
  }
  await recording.ended();
  whole = bench.storage.file();
});

/** A host that takes every frame of a replay, in virtual time. */
class Host {
  readonly clock = new PlatformClock();
  readonly file: ReturnType<typeof counting>;
  readonly recording: Replay;
  readonly camera: Camera;
  readonly frames: Frame[] = [];
  readonly text: string[] = [];
  progress!: ReplayProgress;
  readonly #watching = new Subscription();

  constructor(options: ReplayOptions = {}, bytes = whole) {
    this.file = counting(bytes);
    this.recording = replayOf('flight.mcap', { scheduler: this.clock, stay: true, ...options }, this.file.open);
    this.camera = new Camera(this.recording, { scheduler: this.clock });
    this.recording.progress$.subscribe((progress) => (this.progress = progress));
    this.#watching.add(this.camera.frames$.subscribe((frame) => this.frames.push(frame)));
    this.#watching.add(this.camera.stdout$.subscribe((text) => this.text.push(text)));
  }

  leave(): void {
    this.#watching.unsubscribe();
  }

  get numbers(): number[] {
    return this.frames.map(({ data }) => numberOf(data));
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 5) {
      this.clock.pass(5);
      await turn();
    }
  }

  async until(condition: () => boolean): Promise<void> {
    for (let passed = 0; !condition(); passed += 5) {
      if (passed > 60_000)
        throw new Error(`it does not come: ${JSON.stringify({ ...this.progress, seen: this.numbers })}`);
      await this.pass(5);
    }
  }

  /** The number of the first frame from there on: the recording's first entry is a little older than its first frame. */
  static async frameAt(ms: number): Promise<number> {
    const host = new Host({ speed: 'fast', fromMs: ms });
    await host.until(() => host.frames.length > 0);
    return host.numbers[0]!;
  }
}

const ascending = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

describe('seek', () => {
  it('continues with the first frame at the time, and skips everything before it', async () => {
    const there = await Host.frameAt(2500);
    expect(there).toBeGreaterThan(40);
    const host = new Host();
    await host.until(() => host.frames.length === 8);
    host.recording.seek(2500);
    await host.until(() => host.progress.state === 'ended');
    // One more may have been under way to the host.
    const jump = host.numbers.indexOf(there);
    expect(host.numbers.slice(0, jump)).toEqual(ascending(0, jump));
    expect(jump).toBeLessThanOrEqual(9);
    expect(host.numbers.slice(jump)).toEqual(ascending(there, host.numbers.length - jump));
    expect(host.numbers.length - jump).toBeGreaterThan(20);
  });

  it('needs as long from there as the rest of the recording', async () => {
    const host = new Host();
    await host.until(() => host.frames.length === 8);
    host.recording.seek(2500);
    const begun = host.clock.now();
    await host.until(() => host.progress.state === 'ended');
    expect(host.clock.now() - begun).toBeGreaterThan(1300);
    expect(host.clock.now() - begun).toBeLessThan(1700);
  });

  it('goes back and plays everything again', async () => {
    const host = new Host({ fromMs: 2500 });
    await host.until(() => host.frames.length === 8);
    host.recording.seek(0);
    host.text.length = 0;
    await host.until(() => host.text.length > 0);
    const back = host.numbers.indexOf(0);
    expect(back).toBeGreaterThan(0);
    expect(host.numbers.slice(back)).toEqual(ascending(0, host.numbers.length - back));
    expect(host.text).toEqual(['line 0\r\n']);
    expect(host.progress.positionMs).toBeLessThan(1100);
  });

  it('continues after the last entry, as often as requested', async () => {
    const host = new Host({ speed: 'fast' });
    for (const round of [1, 2]) {
      await host.until(() => host.progress.state === 'ended');
      host.frames.length = 0;
      host.recording.seek(3000);
      await host.until(() => host.progress.state === 'playing');
      await host.until(() => host.progress.state === 'ended');
      expect({ round, first: host.numbers[0] }).toEqual({ round, first: await Host.frameAt(3000) });
    }
  });

  it('plays nothing beyond the end, and can seek back', async () => {
    const host = new Host();
    await host.until(() => host.frames.length === 3);
    host.recording.seek(60_000);
    await host.until(() => host.progress.state === 'ended');
    expect(host.progress).toMatchObject({ positionMs: 60_000 });
    expect(host.progress.error).toBeUndefined();
    await host.pass(1000);
    expect(host.frames.length).toBeLessThanOrEqual(4);
    host.recording.seek(0);
    await host.until(() => host.frames.length > 10);
  });

  it('ends a looping replay at a time beyond its end', async () => {
    const host = new Host({ loop: true, fromMs: 60_000 });
    await host.until(() => host.progress.state === 'ended');
    host.recording.seek(3900);
    await host.until(() => host.frames.length > 0);
  });

  it('does not spin if a looping recording has nothing that the host reads', async () => {
    const host = new Host({ loop: true, speed: 'fast' });
    await host.until(() => host.frames.length === 3);
    host.leave();
    const link = host.camera.connect();
    await host.pass(3000);
    const before = host.file.read();
    await host.pass(3000);
    const rounds = (host.file.read() - before) / whole.length;
    expect(rounds).toBeGreaterThan(10);
    expect(rounds).toBeLessThan(40);
    link.unsubscribe();
  });

  it('reads through a file without an index, and reports its damage at the end', async () => {
    const there = await Host.frameAt(2000);
    const host = new Host({ speed: 'fast' }, whole.subarray(0, whole.length - 3000));
    host.recording.pause();
    await host.pass(2000);
    host.recording.seek(2000);
    host.recording.resume();
    await host.until(() => host.progress.state === 'ended');
    expect(host.numbers[0]).toBe(there);
    expect(host.progress.error).toMatchObject({ code: 'TRUNCATED' });
    host.recording.seek(2000);
    await host.until(() => host.progress.state === 'playing');
    expect(host.progress.error).toBeUndefined();
  });

  it("with the speed 'step' plays nothing until a step, and then the frame at the time", async () => {
    const there = await Host.frameAt(2000);
    const host = new Host({ speed: 'step' });
    await host.pass(1500);
    host.recording.step();
    await host.until(() => host.frames.length === 1);
    host.recording.seek(2000);
    await host.pass(1000);
    expect(host.numbers).toEqual([0]);
    host.recording.step(2);
    await host.until(() => host.frames.length === 3);
    await host.pass(1000);
    expect(host.numbers).toEqual([0, there, there + 1]);
  });

  it('gives the channels their values of that time', async () => {
    const host = new Host({ speed: 'step' });
    await host.pass(1500);
    const held = async () => {
      const value = firstValueFrom(host.camera.channel('late').read()).then(
        ([byte]) => byte,
        (error: unknown) => (error as { code: string }).code,
      );
      await host.pass(3000);
      return value;
    };
    host.recording.seek(3500);
    await host.pass(200);
    expect(await held()).toBe(2);
    host.recording.seek(1500);
    await host.pass(200);
    expect(await held()).toBe(0);
  });

  it('is noticed by subscribers of a channel', async () => {
    const host = new Host({ speed: 'step' });
    const values: (number | undefined)[] = [];
    host.camera.channel('late').value$.subscribe(([value]) => values.push(value));
    await host.pass(1500);
    host.recording.seek(3500);
    await host.until(() => values.includes(2));
    host.recording.seek(2500);
    await host.until(() => values.includes(1));
  });

  it('uses the last of several seeks', async () => {
    const there = await Host.frameAt(2000);
    const host = new Host();
    await host.until(() => host.frames.length === 3);
    for (const ms of [3000, 1000, 2000]) host.recording.seek(ms);
    await host.until(() => host.numbers.includes(there));
    expect(host.numbers.find((number) => number > 4)).toBe(there);
  });

  it('does not damage a frame that is being read', async () => {
    const host = new Host({ speed: 'fast' });
    for (let moment = 0; moment < 40; moment++) {
      const before = host.frames.length;
      await host.until(() => host.frames.length > before);
      await host.pass(5 * (moment % 4));
      host.recording.seek((moment * 997) % 3500);
    }
    expect(host.frames.length).toBeGreaterThan(40);
    for (const { data } of host.frames) {
      expect(data).toHaveLength(1006);
      expect(new Set(data.subarray(4, -2)).size).toBe(1);
      expect(data[4]).toBe(data[2]);
    }
  });

  it('keeps one file open, however often it is called, and none after the host has closed', async () => {
    const host = new Host();
    await host.until(() => host.frames.length === 3);
    for (let moment = 0; moment < 60; moment++) {
      host.recording.seek((moment * 997) % 3500);
      // Into the opening of the file for the place before.
      for (let passed = 0; passed < moment; passed++) await Promise.resolve();
    }
    await host.pass(100);
    expect(host.file.isOpen()).toBe(1);
    host.leave();
    await host.pass(5000);
    expect(host.file.isOpen()).toBe(0);
  });

  it.each([NaN, -1, Infinity])('refuses %p', (ms) => {
    expect(() => replay('flight.mcap').seek(ms)).toThrow(refused);
  });
});

describe('a host that closes', () => {
  it('leaves no file open, whenever it closes', async () => {
    for (let turns = 0; turns < 40; turns++) {
      const host = new Host();
      for (let turned = 0; turned < turns; turned++) await turn();
      host.leave();
      await host.pass(3000);
      expect({ turns, open: host.file.isOpen() }).toEqual({ turns, open: 0 });
    }
  });
});

describe('the speed', () => {
  /** Frames a second, over so much time. */
  const rate = async (host: Host, ms: number) => {
    const before = host.frames.length;
    await host.pass(ms);
    return ((host.frames.length - before) * 1000) / ms;
  };

  it('can change during playback, and applies to the current wait', async () => {
    const host = new Host();
    await host.until(() => host.frames.length === 2);
    expect(await rate(host, 500)).toBeCloseTo(FRAMES_PER_SECOND, -1);
    host.recording.setSpeed(0.01);
    await host.pass(50);
    expect(await rate(host, 4000)).toBeLessThan(0.6);
    // The next would be due in seconds.
    host.recording.setSpeed(2);
    expect(await rate(host, 500)).toBeGreaterThan(1.5 * FRAMES_PER_SECOND);
    host.recording.setSpeed('fast');
    await host.until(() => host.progress.state === 'ended');
    expect(host.numbers).toEqual(ascending(0, host.numbers.length));
  });

  it('can be so low that nothing is due for months', async () => {
    const host = new Host();
    await host.until(() => host.frames.length === 2);
    host.recording.setSpeed(1e-9);
    await host.pass(100);
    const seen = host.frames.length;
    await host.pass(3000);
    expect(host.frames).toHaveLength(seen);
    host.recording.setSpeed(1);
    expect(await rate(host, 500)).toBeCloseTo(FRAMES_PER_SECOND, -1);
  });

  it("continues from the current time after 'fast' and 'step'", async () => {
    const host = new Host({ speed: 'step' });
    await host.pass(3000);
    host.recording.step(20);
    await host.until(() => host.frames.length === 20);
    host.recording.setSpeed(1);
    expect(await rate(host, 500)).toBeCloseTo(FRAMES_PER_SECOND, -1);
  });

  it.each([0, -1, NaN, 'slow' as 'fast'])('refuses %p', (speed) => {
    expect(() => replay('flight.mcap').setSpeed(speed)).toThrow(refused);
  });
});

describe('a pause', () => {
  it('stops the time of the recording, and resuming continues from there', async () => {
    const host = new Host();
    const states: string[] = [];
    host.recording.progress$.subscribe(({ state }) => state === states.at(-1) || states.push(state));
    await host.until(() => host.frames.length === 10);
    host.recording.pause();
    await host.pass(100);
    const paused = host.frames.length;
    expect(paused).toBeLessThanOrEqual(11);
    await host.pass(10_000);
    expect(host.frames).toHaveLength(paused);
    host.recording.resume();
    await host.pass(500);
    // Nothing is made up for.
    expect(host.frames.length - paused).toBeLessThanOrEqual(11);
    expect(host.frames.length - paused).toBeGreaterThanOrEqual(8);
    await host.until(() => host.progress.state === 'ended');
    expect(host.numbers).toEqual(ascending(0, host.numbers.length));
    expect(states).toEqual(['waiting', 'playing', 'paused', 'playing', 'ended']);
  });

  it('shows the frame of a time with seek and step', async () => {
    const there = await Host.frameAt(3000);
    const host = new Host();
    await host.until(() => host.frames.length === 5);
    host.recording.pause();
    await host.pass(200);
    host.recording.seek(3000);
    host.recording.step();
    await host.until(() => host.numbers.includes(there));
    await host.pass(2000);
    expect(host.numbers.at(-1)).toBe(there);
    expect(host.progress.state).toBe('paused');
    host.recording.resume();
    await host.until(() => host.numbers.at(-1) === there + 3);
  });

  it('does not save steps for later', async () => {
    const host = new Host();
    await host.until(() => host.frames.length === 5);
    host.recording.step(100);
    host.recording.pause();
    await host.pass(200);
    const paused = host.frames.length;
    await host.pass(1000);
    expect(host.frames).toHaveLength(paused);
  });
});

describe('a step', () => {
  it('plays one frame, or the given number of frames, and everything before them', async () => {
    const host = new Host({ speed: 'step' });
    await host.pass(1500);
    expect(host.numbers).toEqual([]);
    host.recording.step();
    await host.pass(500);
    expect(host.numbers).toEqual([0]);
    host.recording.step(30);
    await host.pass(2000);
    expect(host.numbers).toEqual(ascending(0, 31));
    expect(host.text).toEqual(['line 0\r\n']);
    expect(host.progress).toMatchObject({ state: 'playing', frames: 31 });
  });

  it('plays one frame for each connected host', async () => {
    const host = new Host({ speed: 'step' });
    const other: number[] = [];
    new Camera(host.recording, { scheduler: host.clock }).frames$.subscribe(({ data }) => other.push(numberOf(data)));
    await host.pass(1500);
    host.recording.step(3);
    await host.pass(1000);
    expect([host.numbers, other]).toEqual([ascending(0, 3), ascending(0, 3)]);
  });

  it('is forgotten after a seek or when its host closes', async () => {
    const host = new Host({ speed: 'step', fromMs: 3500 });
    await host.pass(1500);
    host.recording.step(100);
    await host.until(() => host.progress.state === 'ended');
    host.frames.length = 0;
    host.recording.seek(500);
    await host.pass(1000);
    expect(host.numbers).toEqual([]);
    host.recording.step(100);
    host.leave();
    await host.pass(3000);
    const next: number[] = [];
    host.camera.frames$.subscribe(({ data }) => next.push(numberOf(data)));
    await host.pass(3000);
    expect(next).toEqual([]);
  });

  it.each([0, -1, 1.5, NaN])('refuses %p', (frames) => {
    expect(() => replay('flight.mcap').step(frames)).toThrow(refused);
  });
});

describe('the state of a replay', () => {
  it.each(['paused', 'playing'])('is %s as soon as a host asks for something', async (state) => {
    const host = new Host({ speed: 'step' });
    if (state === 'paused') host.recording.pause();
    expect(host.progress.state).toBe('waiting');
    await host.pass(1500);
    expect(host.progress).toEqual({ state, positionMs: 0, entries: 0, frames: 0 });
  });
});
