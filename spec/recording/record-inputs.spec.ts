import {
  concat,
  defer,
  EMPTY,
  from,
  map,
  NEVER,
  of,
  range,
  repeat,
  Subject,
  tap,
  throwError,
  timer,
  timestamp,
} from 'rxjs';
import { json, preroll, structs, type Frame } from '../../lib/index.js';
import { imuLayout } from '../../lib/virtual/index.js';
import { record, type RecordInputs, type RecordOptions } from '../../lib/recording/index.js';
import { readIndexed, readStreamed, type ReadMessage } from './mcap-reading.js';
import { frameNumbers, numbered, numberOf, RecordingBench } from './recording-bench.js';

const topic = (messages: readonly ReadMessage[], name: string) => messages.filter(({ topic }) => topic === name);
const images = (messages: readonly ReadMessage[]) =>
  topic(messages, '/frames').map(({ value }) => value as { data: Uint8Array<ArrayBuffer> });
const written = (bench: RecordingBench) => readStreamed(bench.storage.file()).messages;
const times = (messages: readonly ReadMessage[]) => messages.map(({ logTime }) => Number(logTime / 1000n) / 1000);

function frame(index: number, receivedAt = index, bytes = numbered(index)): Frame {
  return { width: 320, height: 240, format: 'jpeg', data: bytes, fps: 0, index, receivedAt };
}

/** A recording of inputs, to the disk of a bench. */
function start(bench: RecordingBench, inputs: RecordInputs, options: Partial<RecordOptions> = {}) {
  const { clock: scheduler, storage } = bench;
  return bench.follow(record(inputs, { file: 'one.mcap', scheduler, storage, ...options }));
}

describe('a recording of inputs', () => {
  it('contains frames, text and values of any Observable, and completes when all of them complete', async () => {
    const bench = new RecordingBench();
    const later = new Subject<string>();
    const recorded = start(bench, { frames: of(frame(0), frame(1), frame(2)), text: concat(of('a\n', 'b\n'), later) });
    await bench.pass(500);
    expect(recorded.last).toMatchObject({ frames: 3, messages: 2 });
    expect(recorded.over).toBe(false);
    later.next('c\n');
    later.complete();
    await recorded.ended();
    expect(recorded.completed).toBe(true);
    const { messages, metadata } = await readIndexed(bench.storage.file());
    expect(frameNumbers(images(messages))).toEqual([0, 1, 2]);
    expect(topic(messages, '/stdout').map(({ value }) => value['message'])).toEqual(['a\n', 'b\n', 'c\n']);
    expect(metadata.has('openmv.camera')).toBe(false);
    expect(metadata.get('openmv.recording')!.get('frames')).toBe('3');
  });

  it("opens no camera by itself, and stores the camera's information if it gets one", async () => {
    const bench = new RecordingBench();
    await start(bench, { frames: of(frame(0)), info: bench.camera.info() }).ended();
    const { metadata } = await readIndexed(bench.storage.file());
    expect(metadata.get('openmv.camera')!.get('firmware')).toBe('5.0.0');
  });

  it('stores the time at which each input was received, even if it is written later', async () => {
    const bench = new RecordingBench();
    bench.clock.pass(1_700_000_000_000);
    const received: number[] = [];
    bench.camera.frames$.subscribe(({ receivedAt }) => received.push(receivedAt));
    const fire = new Subject<void>();
    bench.slowDisk(100);
    const recorded = start(
      bench,
      {
        frames: bench.camera.frames$.pipe(preroll(fire, { ms: 1000 })),
        text: of('early').pipe(map((value) => ({ value, timestamp: 1_600_000_000_000 }))),
        channels: [
          {
            name: 'score',
            encoding: 'json',
            values: of(Buffer.from('1')).pipe(timestamp({ now: () => 1_600_000_001_000 })),
          },
        ],
      },
      { until$: timer(2500, bench.clock), chunkBytes: 1 },
    );
    await bench.pass(1500);
    expect(recorded.last.frames).toBe(0);
    fire.next();
    const trigger = bench.clock.now();
    await recorded.ended();
    const frames = times(topic(written(bench), '/frames'));
    expect(frames[0]).toBeGreaterThan(trigger - 1100);
    expect(frames[0]).toBeLessThan(trigger - 900);
    expect(frames).toEqual(received.filter((at) => at >= frames[0]! && at <= frames.at(-1)!));
    expect(frames.length).toBeGreaterThan(40);
    expect(times(topic(written(bench), '/stdout'))).toEqual([1_600_000_000_000]);
    expect(times(topic(written(bench), '/channel/score'))).toEqual([1_600_000_001_000]);
  });

  it('encodes values by their encoding or layout, like those of a camera', async () => {
    const bench = new RecordingBench();
    const raw = new Uint8Array(structs(imuLayout).size);
    new DataView(raw.buffer).setUint32(0, 7, true);
    await start(bench, {
      channels: [
        { name: 'score', encoding: 'json', values: of(json().encode({ moved: true })) },
        { name: 'raw', encoding: 'bytes', values: of(Uint8Array.of(1, 2), Uint8Array.of(3)) },
        { name: 'imu', layout: imuLayout, values: of(raw) },
      ],
    }).ended();
    const messages = written(bench);
    expect(topic(messages, '/channel/score')[0]!.value).toEqual({ moved: true });
    expect(topic(messages, '/channel/raw')).toHaveLength(2);
    expect(topic(messages, '/channel/imu')[0]!.value).toHaveProperty('records');
  });

  it('slows an async iterable down, so a loop of readFrame() on a slow disk is lossless', async () => {
    const bench = new RecordingBench({ framesPerSecond: 50 });
    bench.slowDisk(100);
    const recorded = start(bench, { frames: bench.camera.readFrames() }, { maxFrames: 30, chunkBytes: 1 });
    await recorded.ended();
    expect(recorded.last).toMatchObject({ frames: 30, dropped: 0 });
    expect(frameNumbers(images(written(bench)))).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(bench.published).toBeLessThanOrEqual(32);
    await bench.pass(5000);
    let state = '';
    bench.camera.state$.subscribe((now) => (state = now.state)).unsubscribe();
    expect(state).toBe('closed');
  });

  it('reads the frames of an async generator, and ends it', async () => {
    const bench = new RecordingBench();
    let ended = false;
    async function* even(): AsyncGenerator<Frame> {
      try {
        for await (const one of bench.camera.readFrames()) if (numberOf(one.data) % 2 === 0) yield one;
      } finally {
        ended = true;
      }
    }
    const recorded = await start(bench, { frames: even() }, { maxFrames: 5 }).ended();
    await bench.pass(200);
    expect(recorded.completed).toBe(true);
    expect(frameNumbers(images(written(bench)))).toEqual([0, 2, 4, 6, 8]);
    expect(ended).toBe(true);
  });

  it('queues every frame of a cold loop on a slow disk, or errors with QUEUE_FULL and contains the queued frames', async () => {
    const bench = new RecordingBench({ framesPerSecond: 20 });
    bench.slowDisk(100);
    const frames = defer(() => bench.camera.readFrame()).pipe(repeat());
    const enough = await start(bench, { frames }, { maxFrames: 40, chunkBytes: 1 }).ended();
    expect(enough.last).toMatchObject({ frames: 40, dropped: 0 });
    const numbers = frameNumbers(images(written(bench)));
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));

    const little = start(bench, { frames }, { file: 'two.mcap', chunkBytes: 1, maxQueuedBytes: 5000 });
    await little.ended();
    expect(little.error).toMatchObject({
      code: 'QUEUE_FULL',
      message: expect.stringContaining('async iterable') as string,
    });
    const { messages, complete } = readStreamed(bench.storage.file('two.mcap'));
    expect(complete).toBe(true);
    const kept = frameNumbers(images(messages));
    expect(kept.length).toBeGreaterThan(4);
    expect(kept).toEqual(kept.map((_, index) => kept[0]! + index));
  });

  it('with `queued` drops frames that the disk is too slow for, and counts them', async () => {
    const bench = new RecordingBench({ framesPerSecond: 50 });
    bench.slowDisk(100);
    const received: number[] = [];
    let receivedAtEnd = 0;
    bench.camera.frames$.subscribe(({ data }) => received.push(numberOf(data)));
    const options = {
      frames: 'queued',
      chunkBytes: 1,
      maxQueuedBytes: 3100,
      until$: timer(3000, bench.clock).pipe(tap(() => (receivedAtEnd = received.length))),
    } as const;
    const recorded = await start(bench, { frames: bench.camera.frames$ }, options).ended();
    const { frames, dropped } = recorded.last;
    const numbers = frameNumbers(images(written(bench)));
    expect(recorded.completed).toBe(true);
    expect(numbers).toHaveLength(frames);
    expect(dropped).toBeGreaterThan(80);
    // Each frame that came is written, behind the end too, or counted.
    expect(received.slice(received.indexOf(numbers[0]!), receivedAtEnd)).toHaveLength(frames + dropped);
  });

  it('with `queued` does not slow a camera down', async () => {
    const bench = new RecordingBench({ framesPerSecond: 50 });
    bench.slowDisk(100);
    const recorded = await bench
      .start({ frames: 'queued', durationMs: 3000, chunkBytes: 1, maxQueuedBytes: 2100 })
      .ended();
    expect(recorded.last.dropped).toBeGreaterThan(80);
    expect(recorded.last.frames).toBeGreaterThan(15);
  });

  it('accepts `latest`, `everyMs`, `split` and `durationMs`, as for a camera', async () => {
    const latest = new RecordingBench({ framesPerSecond: 50 });
    latest.slowDisk(100);
    const newest = start(
      latest,
      { frames: latest.camera.frames$ },
      { frames: 'latest', durationMs: 2000, chunkBytes: 1 },
    );
    await newest.ended();
    expect(newest.last.dropped).toBeGreaterThan(50);

    const bench = new RecordingBench();
    const frames = range(0, 100).pipe(map((index) => frame(index, index * 20)));
    const sampled = await start(bench, { frames }, { frames: { everyMs: 500 } }).ended();
    expect(sampled.last.frames + sampled.last.dropped).toBeLessThanOrEqual(100);
    expect(numberOf(images(written(bench))[0]!.data)).toBe(0);

    const pulled = await start(bench, { frames: pull(100) }, { file: 'p.mcap', frames: { everyMs: 500 } }).ended();
    expect(pulled.last).toMatchObject({ frames: 4, dropped: 96 });

    const parts = await start(
      bench,
      { frames },
      { file: 'parts.mcap', split: { bytes: 20_000 }, maxFrames: 60 },
    ).ended();
    expect(parts.last.files).toBeGreaterThan(2);
    expect(parts.last.frames).toBe(60);
  });

  it('writes `maxFrames` frames and no more, however many arrive at once', async () => {
    const bench = new RecordingBench();
    bench.slowDisk(20);
    const endless = concat(range(0, 50).pipe(map((index) => frame(index))), NEVER);
    const recorded = await start(bench, { frames: endless, text: NEVER }, { maxFrames: 7 }).ended();
    expect(recorded.completed).toBe(true);
    expect(frameNumbers(images(written(bench)))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('errors with the error of an input, and leaves a complete file', async () => {
    const bench = new RecordingBench();
    const frames = concat(
      of(frame(0)),
      throwError(() => new Error('the source is gone')),
    );
    const recorded = await start(bench, { frames, text: NEVER }).ended();
    expect(recorded.error).toMatchObject({ message: 'the source is gone' });
    expect(readStreamed(bench.storage.file()).complete).toBe(true);
    expect(frameNumbers(images(written(bench)))).toEqual([0]);
  });

  it('stops a synchronous source when it fails', async () => {
    const bench = new RecordingBench();
    let asked = 0;
    const endless = defer(() => from(forever())).pipe(map(() => 'x'.repeat(100)));
    function* forever(): Generator<number> {
      while (asked < 1e6) yield asked++;
    }
    const recorded = await start(bench, { text: endless }, { maxQueuedBytes: 1000 }).ended();
    expect(recorded.error).toMatchObject({ code: 'QUEUE_FULL' });
    expect(asked).toBeLessThan(100);
  });

  it.each<[object, string]>([
    [{ frames: of('a frame') }, 'a frame to record'],
    [{ frames: of({ ...frame(0), receivedAt: undefined }) }, 'receivedAt'],
    [{ text: of(5) }, 'a string, not number'],
    [{ channels: [{ name: 'score', encoding: 'json', values: of({ a: 1 }) }] }, 'json().encode'],
  ])('%# errors with INVALID_ARGUMENT for a value of the wrong kind', async (inputs, words) => {
    const recorded = await start(new RecordingBench(), inputs).ended();
    expect(recorded.error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(words) as string,
    });
  });

  it.each<[unknown, object, string]>([
    [undefined, {}, 'a Camera, or inputs'],
    [{}, {}, 'at least one of'],
    [of(frame(0)), {}, 'no option'],
    [{ frame: EMPTY }, {}, "did you mean 'frames'"],
    [{ frames: [frame(0)] }, {}, 'frames must be'],
    [{ text: 'hello' }, {}, 'text must be'],
    [{ text: EMPTY, info: {} }, {}, 'info must be'],
    [{ channels: {} }, {}, 'channels must be'],
    [{ channels: [{ name: 'a', encoding: 'json' }] }, {}, "values of channel 'a'"],
    [{ channels: [{ name: 'a', encodin: 'json', values: EMPTY }] }, {}, "did you mean 'encoding'"],
    [{ channels: [1, 2].map(() => ({ name: 'a', encoding: 'json', values: EMPTY })) }, {}, 'each channel only once'],
    [{ frames: EMPTY }, { frames: false }, 'at least one of'],
    [{ frames: EMPTY }, { channels: ['imu'] }, 'as channels of the inputs'],
  ])('%# refuses %p with %p at the call', (inputs, options, words) => {
    expect(() => start(new RecordingBench(), inputs as RecordInputs, options)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(words) as string }) as Error,
    );
  });
});

/** Frames that are asked for one by one, 20 ms apart. */
async function* pull(count: number): AsyncGenerator<Frame> {
  for (let index = 0; index < count; index++) yield await Promise.resolve(frame(index, index * 20));
}

describe('invalid inputs', () => {
  it.each<[string, object]>([
    ['a frame', { frames: concat(of(undefined), NEVER) }],
    ['a text', { text: concat(of(null), NEVER) }],
    ['a value', { channels: [{ name: 'a', encoding: 'bytes', values: concat(of(null), NEVER) }] }],
  ])('cause an error that says what is expected: %s', async (_, inputs) => {
    const bench = new RecordingBench();
    const recorded = await start(bench, inputs).ended();
    expect(recorded.error).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('are refused at the call if a channel is no object', () => {
    const failure = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error;
    expect(() => start(new RecordingBench(), { channels: [null] } as never)).toThrow(failure);
  });
});

describe('a lossless recording of a camera', () => {
  it('contains every frame even while others watch the camera, at its own pace', async () => {
    const bench = new RecordingBench({ framesPerSecond: 50 });
    bench.slowDisk(100);
    let watched = 0;
    bench.camera.frames$.subscribe(() => watched++);
    await bench.pass(500);
    const recorded = await bench.start({ maxFrames: 20, chunkBytes: 1 }).ended();
    const numbers = frameNumbers(images(written(bench)));
    expect(recorded.last).toMatchObject({ frames: 20, dropped: 0 });
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
    // The camera published no other frames meanwhile.
    expect(recorded.last.seconds).toBeGreaterThan(2);
    const before = watched;
    await bench.pass(1000);
    expect(watched - before).toBeGreaterThan(40);
  });

  it('contains every frame in each of two files, at the pace of the slower one', async () => {
    const bench = new RecordingBench({ framesPerSecond: 50 });
    bench.slowDisk(50);
    const both = ['one.mcap', 'two.mcap'].map((file) => bench.start({ file, maxFrames: 20, chunkBytes: 1 }));
    for (const recorded of both) await recorded.ended();
    for (const file of ['one.mcap', 'two.mcap']) {
      const numbers = frameNumbers(images(readStreamed(bench.storage.file(file)).messages));
      expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => numbers[0]! + index));
    }
  });
});
