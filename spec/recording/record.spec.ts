import { Subject } from 'rxjs';
import { structs } from '../../lib/index.js';
import { imuLayout } from '../../lib/virtual/index.js';
import { collectGarbage } from '../wire/collect-garbage.js';
import { readIndexed, readStreamed, type ReadMessage } from './mcap-reading.js';
import { frameNumbers, numberOf, RecordingBench } from './recording-bench.js';

const of = (messages: readonly ReadMessage[], topic: string) => messages.filter((message) => message.topic === topic);
const images = (messages: readonly ReadMessage[]) =>
  of(messages, '/frames').map(({ value }) => value as { data: Uint8Array<ArrayBuffer> });

/** What the program holds beside the bytes of the files. */
async function heldBytes({ storage }: RecordingBench): Promise<number> {
  await collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers - storage.bytes;
}

describe('a recording', () => {
  it('opens nothing and creates no file before it is subscribed to', async () => {
    const bench = new RecordingBench();
    let opened = false;
    bench.camera.state$.subscribe(({ state }) => (opened ||= state !== 'closed'));
    const { record } = await import('../../lib/recording/index.js');
    record(bench.camera, { file: 'one.mcap', storage: bench.storage });
    await bench.pass(100);
    expect(opened).toBe(false);
    expect(bench.storage.names).toEqual([]);
  });

  it('keeps the link open while a slow disk creates the file', async () => {
    const bench = new RecordingBench({}, { closeAfterMs: 10 });
    bench.slowDisk(500);
    let closed = -1;
    bench.camera.state$.subscribe(({ state }) => (closed += Number(state === 'closed')));
    const recorded = await bench.start({ maxFrames: 1 }).ended();
    expect(recorded.last).toMatchObject({ frames: 1 });
    expect(closed).toBe(0);
  });

  it('is readable by the official MCAP reader: frames, text and events, with the schemas of the file', async () => {
    const bench = new RecordingBench({ framesPerSecond: 20, width: 160, height: 120 });
    const recorded = bench.start({ durationMs: 2000 });
    await bench.pass(500);
    bench.device.print('hello\n');
    bench.device.device.register('late', { size: () => 0 });
    await recorded.ended();
    const { reader, messages, metadata } = await readIndexed(bench.storage.file());
    expect(recorded.error).toBeUndefined();
    expect(images(messages).length).toBeGreaterThan(30);
    expect(of(messages, '/frames')[0]).toMatchObject({
      schema: 'foxglove.CompressedImage',
      value: { format: 'jpeg', frameId: 'camera', timestamp: { seconds: expect.any(BigInt) as bigint } },
    });
    expect(of(messages, '/frames/info')[0]!.value).toMatchObject({ index: 0, width: 160, height: 120, format: 'jpeg' });
    expect(of(messages, '/stdout').map(({ value }) => value['message'])).toEqual(['hello\r\n']);
    expect(of(messages, '/stdout')[0]).toMatchObject({ schema: 'foxglove.Log', value: { level: 2, name: 'stdout' } });
    expect(of(messages, '/events').map(({ value }) => value['kind'])).toEqual(['channel-registered']);
    const lists = of(messages, '/channels').map(({ value }) => value['channels'] as { name: string }[]);
    expect(lists.at(-1)!.map(({ name }) => name)).toContain('late');
    expect(reader.statistics!.messageCount).toBe(BigInt(messages.length));
    expect(metadata.get('openmv.camera')!.get('firmware')).toBe('5.0.0');
    expect(metadata.get('openmv.recording')!.get('frames')).toBe(String(images(messages).length));
  });

  it('stores the time at which the host received each message', async () => {
    const bench = new RecordingBench();
    bench.clock.pass(1_700_000_000_000);
    const received: number[] = [];
    const recorded = bench.start({ durationMs: 1000, frames: 'latest' });
    bench.camera.frames$.subscribe(({ receivedAt }) => received.push(receivedAt));
    await recorded.ended();
    const { messages } = await readIndexed(bench.storage.file());
    const times = of(messages, '/frames').map(({ logTime }) => Number(logTime / 1000n) / 1000);
    expect(times.length).toBeGreaterThan(5);
    expect(received).toEqual(expect.arrayContaining(times));
  });

  it('contains each of 2000 frames once and in order on a disk that takes 50 ms per write, and slows the camera down', async () => {
    const bench = new RecordingBench({ framesPerSecond: 25 });
    bench.slowDisk(50);
    const recorded = bench.start({ maxFrames: 2000, chunkBytes: 1, chunkMs: 1e9 });
    await bench.pass(10_000);
    const early = await heldBytes(bench);
    await recorded.ended();
    const late = await heldBytes(bench);
    expect(recorded.error).toBeUndefined();
    expect(recorded.last).toMatchObject({ frames: 2000, dropped: 0 });
    const { messages } = readStreamed(bench.storage.file());
    expect(frameNumbers(images(messages))).toEqual(Array.from({ length: 2000 }, (_, index) => index));
    // What it published is what was read, and the one that it still holds: each waited for the write before it.
    expect(bench.published).toBeLessThanOrEqual(2001);
    expect(recorded.last.seconds).toBeGreaterThan(2000 * 0.05);
    // Some 100 bytes of index for each of the 1800 chunks in between, and what they take in this engine.
    expect(late - early).toBeLessThan(4_000_000);
  }, 60_000);

  it('with `latest` does not slow the camera down, and counts the frames that it skips', async () => {
    const bench = new RecordingBench({ framesPerSecond: 100 });
    bench.slowDisk(100);
    const recorded = await bench.start({ frames: 'latest', durationMs: 5000, chunkBytes: 1 }).ended();
    const { frames, dropped } = recorded.last;
    expect(frames).toBeGreaterThan(30);
    expect(frames).toBeLessThan(55);
    expect(dropped).toBeGreaterThan(100);
    const numbers = frameNumbers(images(readStreamed(bench.storage.file()).messages));
    expect(numbers).toHaveLength(frames);
    // All that was left out lies between the first and the last.
    expect(numbers.at(-1)! - numbers[0]! + 1).toBe(frames + dropped);
  });

  it('with `everyMs` contains the first frame of each period', async () => {
    const bench = new RecordingBench({ framesPerSecond: 50 });
    const recorded = await bench.start({ frames: { everyMs: 500 }, durationMs: 5000 }).ended();
    expect(recorded.last.frames).toBeGreaterThanOrEqual(9);
    expect(recorded.last.frames).toBeLessThanOrEqual(10);
    expect(recorded.last.dropped).toBeGreaterThan(150);
  });

  it('without frames does not change the stream', async () => {
    const bench = new RecordingBench();
    const recorded = await bench.start({ frames: false, durationMs: 1000 }).ended();
    expect(recorded.last.frames).toBe(0);
    expect(bench.published).toBe(0);
  });

  it('encodes channels as JSON, CBOR, bytes, or records by their layout', async () => {
    const bench = new RecordingBench({ imu: true });
    const recorded = bench.start({
      frames: false,
      durationMs: 1000,
      channels: [
        'frame',
        { name: 'config', encoding: 'json', schema: { type: 'object', properties: { quality: { type: 'integer' } } } },
        { name: 'controls', encoding: 'cbor' },
        { name: 'imu', layout: imuLayout },
      ],
    });
    await recorded.ended();
    expect(recorded.error).toBeUndefined();
    const { messages, reader } = await readIndexed(bench.storage.file());
    expect(of(messages, '/channel/config')[0]!.value).toHaveProperty('quality');
    const channels = [...reader.channelsById.values()];
    expect(channels.find(({ topic }) => topic === '/channel/controls')).toMatchObject({
      messageEncoding: 'cbor',
      schemaId: 0,
    });
    expect(channels.find(({ topic }) => topic === '/channel/frame')).toMatchObject({ schemaId: 0 });
    const { records } = of(messages, '/channel/imu')[0]!.value as { records: Record<string, unknown>[] };
    expect(records[0]).toMatchObject({ acceleration: { z: expect.any(Number) as number } });
    const schema = [...reader.schemasById.values()].find(({ name }) => name === 'openmv.imu')!;
    expect(JSON.parse(Buffer.from(schema.data).toString())).toMatchObject({
      properties: { records: { type: 'array', items: { properties: { timestampUs: { type: 'integer' } } } } },
    });
    expect(structs(imuLayout).size).toBe(32);
  });

  it('with `until$` completes when its file is complete', async () => {
    const bench = new RecordingBench();
    const until$ = new Subject<void>();
    const recorded = bench.start({ until$ });
    await bench.pass(1000);
    bench.slowDisk(500);
    until$.next();
    await bench.pass(100);
    expect(recorded.over).toBe(false);
    await recorded.ended();
    expect(recorded.completed).toBe(true);
    expect(bench.storage.closed).toEqual(['one.mcap']);
    expect(readStreamed(bench.storage.file()).complete).toBe(true);
  });

  it('completes its file in the background after unsubscribe, with everything received before', async () => {
    const bench = new RecordingBench();
    bench.slowDisk(50);
    const recorded = bench.start();
    await bench.pass(1000);
    recorded.subscription.unsubscribe();
    const { frames } = recorded.last;
    await bench.pass(1000);
    const { messages, complete } = readStreamed(bench.storage.file());
    expect(complete).toBe(true);
    expect(images(messages).length).toBeGreaterThanOrEqual(frames);
    expect(bench.storage.closed).toEqual(['one.mcap']);
  });

  it('writes an old chunk early, so a crash loses little of a quiet recording', async () => {
    const bench = new RecordingBench();
    const recorded = bench.start({ frames: false, chunkMs: 200 });
    await bench.pass(100);
    bench.device.print('once\n');
    await bench.pass(500);
    expect(of(readStreamed(bench.storage.file()).messages, '/stdout')).toHaveLength(1);
    recorded.subscription.unsubscribe();
  });

  it('is split by size into complete files, with every frame in one of them', async () => {
    const bench = new RecordingBench({ framesPerSecond: 50 });
    const recorded = await bench.start({ file: 'a/flight.mcap', maxFrames: 60, split: { bytes: 20_000 } }).ended();
    const names = bench.storage.names;
    expect(names.length).toBeGreaterThan(2);
    expect(names.slice(0, 2)).toEqual(['a/flight-0001.mcap', 'a/flight-0002.mcap']);
    expect(recorded.last).toMatchObject({ files: names.length, file: names.at(-1) });
    const numbers: number[] = [];
    for (const name of names) {
      const file = bench.storage.file(name);
      expect(file.length).toBeLessThan(20_000 + 8000);
      const { messages, metadata } = await readIndexed(file);
      expect(metadata.has('openmv.camera')).toBe(true);
      expect(of(messages, '/channels').length).toBeGreaterThan(0);
      numbers.push(...frameNumbers(images(messages)));
    }
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, index) => index));
    expect(recorded.last.bytes).toBe(bench.storage.bytes);
  });

  it.each([
    ['a.b/flight.mcap', 'a.b/flight-0001.mcap'],
    ['a.b/flight', 'a.b/flight-0001'],
    ['flight.day.mcap', 'flight.day-0001.mcap'],
    ['a/.mcap', 'a/.mcap-0001'],
    ['C:\\a.b\\flight', 'C:\\a.b\\flight-0001'],
  ])('splits %s into files like %s', async (file, first) => {
    const bench = new RecordingBench();
    await bench.start({ file, maxFrames: 1, split: { bytes: 1e6 } }).ended();
    expect(bench.storage.names).toEqual([first]);
  });

  it('is split by time', async () => {
    const bench = new RecordingBench();
    await bench.start({ durationMs: 5500, split: { seconds: 2 } }).ended();
    expect(bench.storage.names).toEqual(['one-0001.mcap', 'one-0002.mcap', 'one-0003.mcap']);
  });

  it('keeps two cameras that are recorded at once apart', async () => {
    const bench = new RecordingBench();
    const other = new RecordingBench();
    const [first, second] = [bench.start({ maxFrames: 40 }), other.start({ maxFrames: 40 })];
    while (!first.over || !second.over) {
      await bench.pass(20);
      await other.pass(20);
    }
    for (const { storage } of [bench, other]) {
      const { messages } = readStreamed(storage.file());
      expect(frameNumbers(images(messages))).toEqual(Array.from({ length: 40 }, (_, index) => index));
    }
  });

  it('errors with FILE_EXISTS and does not touch an existing file, unless it may overwrite it', async () => {
    const bench = new RecordingBench();
    bench.storage.put('one.mcap', Buffer.from('precious'));
    const refused = await bench.start({ maxFrames: 1 }).ended();
    expect(refused.error).toMatchObject({
      code: 'FILE_EXISTS',
      message: expect.stringContaining('one.mcap') as string,
    });
    expect(bench.storage.file().toString()).toBe('precious');
    const allowed = await bench.start({ maxFrames: 1, overwrite: true }).ended();
    expect(allowed.completed).toBe(true);
  });

  it('errors with DISK_FULL on a disk that becomes full, and leaves a complete file if a few bytes are free', async () => {
    const bench = new RecordingBench();
    bench.storage.capacity = 30_000;
    const recorded = await bench.start({ chunkBytes: 4000 }).ended();
    expect(recorded.error).toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/complete file$/) as string,
    });
    const { messages, complete } = readStreamed(bench.storage.file());
    expect(complete).toBe(true);
    const numbers = frameNumbers(images(messages));
    expect(numbers.length).toBeGreaterThan(15);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect(bench.storage.closed).toEqual(['one.mcap']);
  });

  it('does not claim on a disk that is already full that anything can be read', async () => {
    const bench = new RecordingBench();
    bench.storage.capacity = 3;
    const recorded = await bench.start().ended();
    expect(recorded.error).toMatchObject({
      code: 'DISK_FULL',
      message: "one.mcap can't be written: the disk is full: free some space, or record to another disk",
    });
    expect(bench.storage.bytes).toBe(0);
    expect(bench.storage.closed).toEqual(['one.mcap']);
  });

  it('errors instead of dropping text if the disk is too slow', async () => {
    const bench = new RecordingBench();
    const recorded = bench.start({ frames: false, maxQueuedBytes: 2000, chunkBytes: 1 });
    await bench.pass(500);
    bench.slowDisk(5000);
    for (let line = 0; line < 100 && !recorded.over; line++) {
      bench.device.print(`${'x'.repeat(100)}\n`);
      await bench.pass(100);
    }
    await recorded.ended();
    expect(recorded.error).toMatchObject({ code: 'QUEUE_FULL' });
    expect(readStreamed(bench.storage.file()).complete).toBe(true);
  });

  it('ends with a complete file and the reason when the camera is gone', async () => {
    const bench = new RecordingBench({}, { reconnect: 'never' });
    const recorded = bench.start();
    await bench.pass(1000);
    bench.camera.reset().subscribe();
    await recorded.ended();
    expect(recorded.error).toMatchObject({ code: 'LINK_LOST' });
    expect(readStreamed(bench.storage.file()).complete).toBe(true);
  });

  it('continues while a camera shows nothing for a while', async () => {
    const bench = new RecordingBench({}, { frameTimeoutMs: 500 });
    bench.device.adjust({ framesPerSecond: 0.5 });
    const recorded = await bench.start({ maxFrames: 3 }).ended();
    expect(recorded.error).toBeUndefined();
    expect(images(readStreamed(bench.storage.file()).messages).map(({ data }) => numberOf(data))).toEqual([0, 1, 2]);
  });

  it.each([
    [{ file: '' }, 'file'],
    [{ frames: 'some' as 'latest' }, 'frames'],
    [{ frames: { everyMs: 0 } }, 'frames'],
    [{ split: {} }, 'split'],
    [{ split: { bytes: -1 } }, 'split.bytes'],
    [{ durationMs: NaN }, 'durationMs'],
    [{ channels: ['a', 'a'] }, 'channels'],
    [{ channels: [{ name: 'a', encoding: 'xml' as 'json' }] }, "channel 'a'"],
    [{ channels: [{ name: 'a', layout: {} }] }, 'struct'],
  ])('refuses %j at the call', (options, words) => {
    expect(() => new RecordingBench().start(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(words) as string }) as Error,
    );
  });
});
