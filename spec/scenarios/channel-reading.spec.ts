import { retry, timer } from 'rxjs';
import { isOpenMVError, json, OpenMVError, text, type Chunk, type Frame } from '../../lib/index.js';
import type { Backend } from '../../lib/device/index.js';
import { Opcode } from '../../lib/operators/index.js';
import { FaultyBench } from './faults/faulty-bench.js';
import { Bench } from './test-bench.js';

const filled = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, at) => at * 7);

function failure(error: unknown): string {
  return isOpenMVError(error) ? `${error.code}: ${error.message}` : String(error);
}

describe('readChunks()', () => {
  function chunks(
    data: Uint8Array,
    range: Parameters<ReturnType<Bench['camera']['channel']>['readChunks']>[0],
    ms = 1000,
  ): unknown[] {
    const bench = new Bench({ stdoutIntervalMs: false });
    bench.device.device.register('data', {
      size: () => data.length,
      readp: (offset, size) => data.subarray(offset, offset + size),
    });
    const seen: unknown[] = [];
    bench.camera
      .channel('data')
      .readChunks(range)
      .subscribe({
        next: (chunk) => seen.push(chunk),
        error: (error: unknown) => seen.push(failure(error)),
        complete: () => seen.push('done'),
      });
    bench.pass(ms);
    return seen;
  }

  it('emits each part with its place and the whole length', () => {
    const data = filled(40_000);
    const seen = chunks(data, {});
    expect((seen.slice(0, -1) as Chunk[]).map(({ offset, size, bytes }) => [offset, size, bytes.length])).toEqual([
      [0, 40_000, 16_384],
      [16_384, 40_000, 16_384],
      [32_768, 40_000, 7232],
    ]);
    expect(Buffer.concat((seen.slice(0, -1) as Chunk[]).map(({ bytes }) => bytes))).toEqual(Buffer.from(data));
    expect(seen.at(-1)).toBe('done');
  });

  it.each([
    [{ offset: 90 }, [[90, 10]]],
    [
      { offset: 10, length: 25, chunkBytes: 10 },
      [
        [10, 10],
        [20, 10],
        [30, 5],
      ],
    ],
    [{ offset: 95, length: 100 }, [[95, 5]]],
    [{ offset: 100 }, []],
    [{ offset: 200, length: 5 }, []],
    [{ length: 0 }, []],
  ])('reads the range %p', (range, expected) => {
    const seen = chunks(filled(100), range);
    expect((seen.slice(0, -1) as Chunk[]).map(({ offset, bytes }) => [offset, bytes.length])).toEqual(expected);
    expect(seen.at(-1)).toBe('done');
    for (const { bytes, offset } of seen.slice(0, -1) as Chunk[])
      expect(bytes).toEqual(filled(100).subarray(offset, offset + bytes.length));
  });

  it('completes where the channel holds less by the time than it said, also at the seam of two chunks', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    bench.device.device.register('data', { size: () => 30, read: (offset) => filled(offset === 0 ? 10 : 0) });
    const seen: unknown[] = [];
    bench.camera
      .channel('data')
      .readChunks({ chunkBytes: 10 })
      .subscribe({
        next: ({ offset }) => seen.push(offset),
        error: (error: unknown) => seen.push(failure(error)),
        complete: () => seen.push('done'),
      });
    bench.pass(1000);
    expect(seen).toEqual([0, 'done']);
  });

  it('errors where there is nothing at all of what the channel said it has', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    bench.device.device.register('data', { size: () => 30, read: () => new Uint8Array() });
    let error: unknown;
    bench.camera
      .channel('data')
      .readChunks()
      .subscribe({ error: (e: unknown) => (error = e) });
    bench.pass(1000);
    expect(failure(error)).toMatch(/^NAK/);
  });

  it('reads ten thousand chunks of a byte, one after another', () => {
    const seen = chunks(filled(10_000), { chunkBytes: 1 }, 300_000);
    expect(seen).toHaveLength(10_001);
    expect(seen.at(-1)).toBe('done');
  });

  it.each([{ offset: -1 }, { length: 1.5 }, { chunkBytes: 0 }, { offset: NaN }])('refuses %p at the call', (range) => {
    expect(() => new Bench().camera.channel('x').readChunks(range)).toThrow(/whole number/);
  });
});

describe('readArray()', () => {
  function array(bytes: Uint8Array, shape: number[] | undefined, type: 'f32' | 'u16' | 'i8'): unknown {
    const bench = new Bench({ stdoutIntervalMs: false });
    const backend: Backend = {
      size: () => bytes.length,
      readp: (offset, size) => bytes.subarray(offset, offset + size),
    };
    bench.device.device.register('data', shape === undefined ? backend : { ...backend, shape: () => shape });
    let seen: unknown;
    bench.camera
      .channel('data')
      .readArray(type)
      .subscribe({ next: (value) => (seen = value), error: (error: unknown) => (seen = failure(error)) });
    bench.pass(500);
    return seen;
  }

  it('gives the numbers in their shape', () => {
    const bytes = new Uint8Array(Float32Array.of(1, 2.5, -3, 4, 5, 6).buffer);
    expect(array(bytes, [2, 3], 'f32')).toEqual({ data: Float32Array.of(1, 2.5, -3, 4, 5, 6), shape: [2, 3] });
    expect(array(Uint8Array.of(1, 2, 255, 255), undefined, 'u16')).toEqual({
      data: Uint16Array.of(0x0201, 0xffff),
      shape: [2],
    });
    expect(array(Uint8Array.of(255), [1], 'i8')).toEqual({ data: Int8Array.of(-1), shape: [1] });
  });

  it.each([
    [[2, 3], 20, '2 × 3 numbers of type f32'],
    [undefined, 5, 'numbers of type f32 take 4 each'],
    [[0], 4, '0 numbers'],
  ])('errors with MALFORMED, naming the channel, where shape %p meets %d bytes', (shape, length, words) => {
    const seen = array(filled(length), shape, 'f32');
    expect(seen).toMatch(/^MALFORMED: channel 'data' has \d+ bytes, but /);
    expect(seen).toContain(words);
  });
});

describe('readArray() and a value that changes', () => {
  it('asks for the shape of the value that it then reads, which may be another by the next reading', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    let values = 0;
    bench.device.device.register('data', {
      size: () => 2 + values,
      shape: () => [2 + values],
      readp: (_, size) => filled(size).subarray(0, 2 + values++),
    });
    const shapes: unknown[] = [];
    const data = bench.camera.channel('data');
    data.readArray('u8').subscribe({ next: ({ shape }) => shapes.push(shape), error: (e) => shapes.push(failure(e)) });
    data.readArray('u8').subscribe({ next: ({ shape }) => shapes.push(shape), error: (e) => shapes.push(failure(e)) });
    bench.pass(500);
    expect(shapes).toEqual([[2], [3]]);
  });

  it('refuses a type of numbers that there is not at the call', () => {
    expect(() => new Bench().camera.channel('x').readArray('f16' as 'f32')).toThrow(/u8.*f64.*f16/);
  });
});

describe('value$', () => {
  const followed = (value: string): { bench: Bench; seen: unknown[]; becomes: (value: string) => void } => {
    const held = { value };
    const bench = new Bench({ stdoutIntervalMs: false });
    const channel = bench.device.device.register('state', {
      poll: () => false,
      size: () => held.value.length,
      readp: () => new TextEncoder().encode(held.value),
    });
    const seen: unknown[] = [];
    bench.camera
      .channel('state', json<number>())
      .value$.subscribe({ next: (value) => seen.push(value), error: (error: unknown) => seen.push(failure(error)) });
    bench.pass(500);
    const becomes = (now: string): void => {
      held.value = now;
      channel.sendEvent(1);
    };
    return { bench, seen, becomes };
  };

  it('is silent while the channel has no bytes and its codec makes nothing of none', () => {
    const { bench, seen, becomes } = followed('');
    expect(seen).toEqual([]);
    becomes('7');
    bench.pass(500);
    expect(seen).toEqual([7]);
  });

  it('lives through a camera that says nothing for so long that a reading runs out of time', () => {
    const { bench, seen, becomes } = followed('1');
    becomes('2');
    bench.onSent = ([packet]) => (bench.deaf ||= packet?.opcode === Opcode.CHANNEL_SIZE);
    bench.pass(6000);
    bench.onSent = () => undefined;
    bench.deaf = false;
    bench.pass(15_000);
    expect(seen).toEqual([1, 2]);
    becomes('3');
    bench.pass(100);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('errors with MALFORMED where the codec rejects what is there, and goes on behind a retry', () => {
    const { bench, seen, becomes } = followed('{');
    expect(seen).toEqual([expect.stringMatching(/^MALFORMED: .*'state'/)]);
    const again: unknown[] = [];
    bench.camera
      .channel('state', json<number>())
      .value$.pipe(retry({ delay: () => timer(1000, bench.clock) }))
      .subscribe((value) => again.push(value));
    bench.pass(2500);
    becomes('5');
    bench.pass(1000);
    expect(again).toEqual([5]);
  });

  it('is read once for two who subscribe, goes on in the next session, and leaves nothing behind', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    let readings = 0;
    bench.device.device.register('state', { poll: () => false, size: () => 1, readp: () => Uint8Array.of(++readings) });
    const channel = bench.camera.channel('state');
    const seen: number[] = [];
    const one = channel.value$.subscribe(([value = 0]) => seen.push(value));
    const two = channel.value$.subscribe(([value = 0]) => seen.push(value));
    bench.pass(500);
    expect(seen).toEqual([1, 1]);
    bench.unplug(new OpenMVError('LINK_LOST', 'the cable'));
    bench.pass(2000);
    expect(seen).toEqual([1, 1, 2, 2]);
    one.unsubscribe();
    two.unsubscribe();
    bench.pass(5000);
    expect(bench.hostTimers).toBe(0);
  });
});

describe('writing a large value', () => {
  function written(
    bufferSize: 512 | 4096,
    write: (camera: Bench['camera']) => { subscribe: (o: object) => unknown },
  ): {
    pieces: string[];
    end: unknown;
  } {
    const bench = new Bench({ stdoutIntervalMs: false, bufferSize });
    const pieces: string[] = [];
    bench.device.device.register('sink', {
      write: (_offset: number, data: Uint8Array) => {
        pieces.push(new TextDecoder('utf-8', { fatal: true }).decode(data));
        return data.length;
      },
    });
    let end: unknown;
    write(bench.camera).subscribe({
      complete: () => (end = 'done'),
      error: (error: unknown) => (end = failure(error)),
    });
    bench.pass(500);
    return { pieces, end };
  }

  it('cuts text between characters', () => {
    const value = 'ü✓𝄞'.repeat(100);
    const { pieces, end } = written(512, (camera) => camera.channel('sink', text).write(value));
    expect(end).toBe('done');
    expect(pieces.length).toBe(2);
    expect(pieces.join('')).toBe(value);
  });

  it('never cuts JSON, and says so before anything is sent', () => {
    const { pieces, end } = written(512, (camera) => camera.channel('sink', json<string>()).write('x'.repeat(500)));
    expect(end).toMatch(/^TOO_LARGE: .*502 bytes.*460/);
    expect(pieces).toEqual([]);
  });

  it.each([0, 491, 1.5, NaN])('errors where a codec of yours cuts a piece of %p bytes', (length) => {
    const mine = { decode: () => '', encode: () => filled(600), cut: () => length };
    const { end } = written(512, (camera) => camera.channel('sink', mine).write(''));
    expect(end).toMatch(/^INVALID_ARGUMENT/);
  });
});

describe('value$ of a channel without events', () => {
  function watched(poll: () => boolean): {
    bench: Bench;
    set: (value: number) => void;
    seen: number[];
    readings: () => number;
  } {
    const bench = new Bench({ stdoutIntervalMs: false });
    let value = 0;
    let readings = 0;
    bench.device.device.register('level', {
      poll,
      size: () => 1,
      readp: () => {
        readings++;
        return Uint8Array.of(value);
      },
    });
    const seen: number[] = [];
    bench.camera.channel('level').value$.subscribe(([level = -1]) => seen.push(level));
    return { bench, set: (to) => (value = to), seen, readings: () => readings };
  }

  it('is read when the channel says that it is ready, and emits what is new', () => {
    const { bench, set, seen } = watched(() => true);
    bench.pass(5000);
    expect(seen).toEqual([0]);
    set(1);
    bench.pass(1100);
    expect(seen).toEqual([0, 1]);
    for (let value = 2; value < 42; value++) {
      set(value);
      bench.pass(50);
    }
    expect(seen.length).toBeGreaterThan(25);
    expect(seen.at(-1)).toBe(41);
  });

  it('is read once where the channel never is ready', () => {
    const { bench, readings } = watched(() => false);
    bench.pass(10_000);
    expect(readings()).toBe(1);
  });

  it('is asked seldom while nothing changes', () => {
    const { bench, readings } = watched(() => true);
    bench.pass(5000);
    const before = readings();
    bench.pass(10_000);
    expect(readings() - before).toBeLessThanOrEqual(10);
  });

  it('leaves a slow link to others, however often it is ready and new', () => {
    const rate = (beside: boolean): number => {
      const bench = new FaultyBench({ frameSource: (index) => Uint8Array.of(index, ...filled(2000)) }).connected();
      bench.wire.faults({ delay: 10 });
      let count = 0;
      bench.device.device.register('always', {
        poll: () => true,
        size: () => 5000,
        readp: (offset, size) =>
          filled(5000)
            .fill(++count, 0, 4)
            .subarray(offset, offset + size),
      });
      const values: Uint8Array[] = [];
      if (beside) bench.camera.channel('always').value$.subscribe((value) => values.push(value));
      const frames = bench.frames();
      bench.clock.pass(10_000);
      if (beside) expect(values.length).toBeGreaterThan(10);
      return frames.length / 10;
    };
    expect(rate(true) / rate(false)).toBeGreaterThan(0.7);
  });
});

describe('frames() of a channel', () => {
  it('gives the pictures of a channel with a shape, each once, as its events come', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const frames: Frame[] = [];
    bench.camera
      .channel('frame')
      .frames()
      .subscribe((frame) => frames.push(frame));
    bench.pass(2000);
    expect(frames.length).toBeGreaterThan(20);
    expect(frames[0]).toMatchObject({ width: 64, height: 48, format: 'rgb565', index: 0 });
    expect(frames.map(({ index }) => index)).toEqual(frames.map((_, index) => index));
    frames.slice(1).forEach(({ data }, at) => expect(Buffer.compare(data, frames[at]!.data)).not.toBe(0));
  });

  it('keeps up with a channel that has no events, and leaves nothing behind', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    let number = 0;
    let there = false;
    const timer = bench.clock.schedule(
      function () {
        there = true;
        number++;
        this.schedule(undefined, 40);
      },
      40,
      undefined,
    );
    bench.device.device.register('mono', {
      poll: () => there,
      size: () => (there ? 6 : 0),
      shape: () => [2, 3],
      readp: () => {
        there = false;
        return new Uint8Array(6).fill(number);
      },
    });
    const frames: Frame[] = [];
    const subscription = bench.camera
      .channel('mono')
      .frames()
      .subscribe((frame) => frames.push(frame));
    bench.pass(2100);
    expect(frames.length).toBeGreaterThan(30);
    expect(frames[0]).toMatchObject({ width: 3, height: 2, format: 'grayscale' });
    subscription.unsubscribe();
    bench.pass(3000);
    expect(bench.hostTimers).toBe(0);
    timer.unsubscribe();
  });

  it('goes on over a bad link, with whole pictures only', () => {
    const bench = new FaultyBench().connected();
    let number = 0;
    const channel = bench.device.device.register('mono', {
      lock: () => true,
      unlock: () => true,
      size: () => 12_000,
      shape: () => [100, 120],
      readp: () => new Uint8Array(12_000).fill(number),
    });
    bench.clock.pass(100);
    const frames: Frame[] = [];
    let error: unknown;
    bench.camera
      .channel('mono')
      .frames()
      .subscribe({ next: (frame) => frames.push(frame), error: (e: unknown) => (error = e) });
    bench.wire.faults({ loss: 0.03, damage: 0.03, delay: 0.5 });
    for (; number < 100; number++) {
      channel.sendEvent(1);
      bench.clock.pass(100);
    }
    expect(error).toBeUndefined();
    expect(frames.length).toBeGreaterThan(60);
    for (const { data } of frames) expect(data).toHaveLength(12_000);
    expect(frames.filter(({ data }) => data.some((byte) => byte !== data[0]))).toEqual([]);
  });

  it.each(['rgb', 'unknown'])('refuses the format %p at the call', (format) => {
    expect(() => new Bench().camera.channel('x').frames(format as 'rgb565')).toThrow(/rgb565.*not/);
  });

  it('errors with NOT_READABLE for a channel that can only be written', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    bench.device.device.register('sink', { write: () => 1 });
    let error: unknown;
    bench.camera
      .channel('sink')
      .frames()
      .subscribe({ error: (e: unknown) => (error = e) });
    bench.pass(500);
    expect(failure(error)).toMatch(/^NOT_READABLE: .*'sink'/);
  });

  it('errors with MALFORMED, naming the channel, where the bytes are no picture', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    bench.device.device.register('odd', { size: () => 5, shape: () => [2, 3], readp: () => filled(5) });
    let error: unknown;
    bench.camera
      .channel('odd')
      .frames()
      .subscribe({ error: (e: unknown) => (error = e) });
    bench.pass(500);
    expect(failure(error)).toMatch(/^MALFORMED: channel 'odd' has 5 bytes and the shape 2 × 3/);
  });
});
