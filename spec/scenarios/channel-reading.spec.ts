import { isOpenMVError, json, text, type Backend, type Chunk, type Frame } from '../../lib/index.js';
import { Bench } from './test-bench.js';

const filled = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at * 7);

function failure(error: unknown): string {
  return isOpenMVError(error) ? `${error.code}: ${error.message}` : String(error);
}

describe('readChunks()', () => {
  function chunks(
    data: Uint8Array,
    range: Parameters<ReturnType<Bench['camera']['channel']>['readChunks']>[0],
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
    bench.pass(1000);
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
    [undefined, 5, 'any number of numbers of type f32'],
    [[0], 4, '0 numbers'],
  ])('errors with MALFORMED, naming the channel, where shape %p meets %d bytes', (shape, length, words) => {
    const seen = array(filled(length), shape, 'f32');
    expect(seen).toMatch(/^MALFORMED: channel 'data' holds/);
    expect(seen).toContain(words);
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
    expect(end).toMatch(/^TOO_LARGE: .*502 bytes.*490/);
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

  it('errors with MALFORMED, naming the channel, where the bytes are no picture', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    bench.device.device.register('odd', { size: () => 5, shape: () => [2, 3], readp: () => filled(5) });
    let error: unknown;
    bench.camera
      .channel('odd')
      .frames()
      .subscribe({ error: (e: unknown) => (error = e) });
    bench.pass(500);
    expect(failure(error)).toMatch(/^MALFORMED: channel 'odd' holds 5 bytes of shape 2 × 3/);
  });
});
