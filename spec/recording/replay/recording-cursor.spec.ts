import { crc32 } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelInfo } from '../../../lib/index.js';
import { frameMessages } from '../../../lib/recording/format/frame-messages.js';
import { channelsMessage, textMessage } from '../../../lib/recording/format/other-messages.js';
import { channelRecorder } from '../../../lib/recording/format/recorded-channel.js';
import { toNanoseconds } from '../../../lib/recording/format/nanoseconds.js';
import {
  openCursor,
  type RecordingCursor,
  type PlayableEntry,
} from '../../../lib/recording/replay/recording-cursor.js';
import { openToRead } from '../../../lib/recording/read/readable-file.js';
import { McapFile } from '../../../lib/recording/record/mcap-file.js';
import { counting } from '../counting.js';
import { MemoryStorage } from '../memory-storage.js';
import { numbered, RecordingBench } from '../recording-bench.js';
import { lz4, rewritten, zstd } from '../support/foreign-mcap.js';

const folder = mkdtempSync(join(tmpdir(), 'cursor-'));
const inFolder = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

async function entriesOf({ entries }: RecordingCursor): Promise<{ entries: PlayableEntry[]; error: unknown }> {
  const found: PlayableEntry[] = [];
  try {
    for await (const entry of entries) found.push(entry);
  } catch (error) {
    return { entries: found, error };
  }
  return { entries: found, error: undefined };
}

/** All of a cursor, in few words. */
async function described(cursor: RecordingCursor): Promise<unknown> {
  const { values, channels, info, beganAt, startsAt } = cursor;
  const words = (entry: PlayableEntry): string => {
    if (entry.kind === 'frame') return `frame ${entry.frame.index}`;
    return `${entry.kind} ${entry.kind === 'text' ? entry.text : ''}`;
  };
  return {
    held: Array.from(values, ([name, { at, bytes }]) => `${name} ${at} ${Buffer.from(bytes).toString('hex')}`).sort(),
    channels: channels.map(({ name }) => name),
    info,
    beganAt,
    startsAt,
    entries: (await entriesOf(cursor)).entries.map((entry) => `${entry.at} ${words(entry)}`),
  };
}

const frameNumber = (entry: PlayableEntry | undefined) => (entry?.kind === 'frame' ? entry.frame.index : undefined);
const channel = (name: string, id: number) => ({ name, id, flags: 1 }) as ChannelInfo;

const FRAME_BYTES = 100_000;
const FRAMES = 640;

/** A minute of frames, ten a second, of 64 MB; a channel that changes with every third, and one that has changed once. */
async function large(): Promise<Uint8Array> {
  const storage = new MemoryStorage();
  const file = new McapFile(await storage.create('large.mcap', false), crc32);
  const [often, once] = [channelRecorder('often'), channelRecorder('once')];
  await file.begin('spec');
  await file.metadata('openmv.camera', { info: JSON.stringify({ board: 'of the spec' }) });
  file.add(channelsMessage([channel('often', 7), channel('once', 8)], 1000));
  file.add({ topic: once.topic, data: Uint8Array.of(42), time: toNanoseconds(1001) });
  const data = new Uint8Array(FRAME_BYTES);
  for (let index = 0; index < FRAMES; index++) {
    const receivedAt = 1000 + 100 * index;
    if (index % 3 === 0)
      file.add({ topic: often.topic, data: Uint8Array.of(index / 3), time: toNanoseconds(receivedAt) });
    for (const message of frameMessages({ index, width: 1, height: 1, format: 'jpeg', data, fps: 10, receivedAt }))
      file.add(message);
    if (file.waiting >= 1024 * 1024) await file.flush();
  }
  await file.flush();
  await file.end();
  return storage.file('large.mcap');
}

describe('a cursor of a large recording', () => {
  let bytes: Uint8Array;
  beforeAll(async () => (bytes = await large()));

  it('starts at a time after reading little more than the chunk there', async () => {
    expect(bytes.length).toBeGreaterThan(64e6);
    const file = counting(bytes);
    const cursor = await openCursor('large.mcap', 32_150, file.open);
    expect(file.read()).toBeLessThan(1.6e6);
    expect(cursor.startsAt - cursor.beganAt).toBe(32_150);
    const { value } = await cursor.entries.next();
    expect(frameNumber(value as PlayableEntry)).toBe(322);
    await cursor.close();
  });

  it.each([1000, 17_150, 32_050, 32_450, 48_950])(
    'knows the values of the channels at a time, even old ones, and the camera: at %d ms',
    async (ms) => {
      const { open } = counting(bytes);
      const cursor = await openCursor('large.mcap', ms, open);
      expect(cursor.info).toEqual({ board: 'of the spec' });
      expect(cursor.channels.map(({ name }) => name)).toEqual(['often', 'once']);
      const next = Math.ceil(ms / 100);
      expect([...cursor.values].map(([name, value]) => [name, value.bytes[0]]).sort()).toEqual([
        ['often', Math.floor((next - 1) / 3)],
        ['once', 42],
      ]);
      await cursor.close();
    },
  );

  it('has no entries after the end, but the last values', async () => {
    const file = counting(bytes);
    const cursor = await openCursor('large.mcap', 10 * 60_000, file.open);
    expect(await entriesOf(cursor)).toEqual({ entries: [], error: undefined });
    expect(cursor.values.get('often')!.bytes[0]).toBe(Math.floor((FRAMES - 1) / 3));
    expect(file.read()).toBeLessThan(0.1e6);
  });

  it('reads everything before a time if there is no index', async () => {
    const file = counting(bytes.subarray(0, bytes.length - 100_000));
    const cursor = await openCursor('large.mcap', 32_150, file.open);
    expect(file.read()).toBeGreaterThan(32e6);
    const { entries, error } = await entriesOf(cursor);
    expect(frameNumber(entries[0])).toBe(322);
    expect(error).toMatchObject({ code: 'TRUNCATED' });
  });

  it('says after the readable part why nothing follows', async () => {
    const { open } = counting(bytes.subarray(0, bytes.length - 100_000));
    const cursor = await openCursor('large.mcap', 10 * 60_000, open);
    expect(await entriesOf(cursor)).toMatchObject({ entries: [], error: { code: 'TRUNCATED' } });
  });

  it('reads a file through if its index is damaged', async () => {
    const damaged = Uint8Array.from(bytes);
    damaged[damaged.length - 200]! ^= 0xff;
    const file = counting(damaged);
    const cursor = await openCursor('large.mcap', 32_150, file.open);
    expect(frameNumber((await cursor.entries.next()).value as PlayableEntry)).toBe(322);
    expect(file.read()).toBeGreaterThan(32e6);
    await cursor.close();
  });

  it.each([0, 32_150, 10 * 60_000])('closes its file, even if nobody has read from it: at %d ms', async (ms) => {
    const file = counting(bytes);
    await (await openCursor('large.mcap', ms, file.open)).close();
    expect(file.isOpen()).toBe(0);
    const cursor = await openCursor('large.mcap', ms, file.open);
    await cursor.entries.next();
    await cursor.close();
    await cursor.close();
    expect(file.isOpen()).toBe(0);
    expect(await cursor.entries.next()).toEqual({ value: undefined, done: true });
  });

  it('errors if its file is gone', async () => {
    await expect(openCursor(inFolder('none.mcap'), 1000, openToRead)).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
    });
  });
});

describe('a cursor that starts from the index', () => {
  it('equals one that read everything, at every time', async () => {
    const bench = new RecordingBench({ framesPerSecond: 40 });
    // Behind a disk that is slow, text is written in front of a frame that was received before it and waits for the one before.
    bench.slowDisk(60);
    const recording = bench.start({
      frames: 'latest',
      durationMs: 3000,
      chunkBytes: 3000,
      channels: ['late', 'config'],
    });
    await bench.pass(100);
    let value = 0;
    const late = bench.device.device.register('late', { size: () => 1, readp: () => Uint8Array.of(value) });
    for (let i = 0; i < 24; i++) {
      await bench.pass(110);
      value = i;
      late.sendEvent(i);
      bench.device.print(`line ${i}\n`);
      if (i === 16) bench.device.device.register('later', { size: () => 0 });
    }
    await recording.ended();
    const whole = bench.storage.file();
    writeFileSync(inFolder('whole.mcap'), whole);
    const { entries: all } = await entriesOf(await openCursor(inFolder('whole.mcap'), 0));
    const lasted = all.at(-1)!.at - all[0]!.at;
    // Without its last bytes it has no index.
    writeFileSync(inFolder('cut.mcap'), whole.subarray(0, whole.length - 20));
    expect(all.some(({ at }, index) => index > 0 && at < all[index - 1]!.at)).toBe(true);
    for (let fromMs = 0; fromMs < lasted + 100; fromMs += 37) {
      const [indexed, readThrough] = await Promise.all(
        ['whole.mcap', 'cut.mcap'].map(async (name) => described(await openCursor(inFolder(name), fromMs))),
      );
      expect({ fromMs, cursor: indexed }).toEqual({ fromMs, cursor: readThrough });
    }
  }, 60_000);

  it.each([
    ['chunked', 'chunked', undefined],
    ['unchunked', 'unchunked', undefined],
    ['mixed', 'mixed', undefined],
    ['without an index', 'without an index', undefined],
    ['without schemas at its end', 'without schemas at its end', undefined],
    ['compressed by zstd', 'chunked', zstd],
    ['compressed by lz4', 'chunked', lz4],
  ] as const)(
    'has every message from every frame on if another program wrote the file %s',
    async (_, layout, compress) => {
      const bench = new RecordingBench({ framesPerSecond: 20 });
      const recording = bench.start({ durationMs: 1700, channels: ['late'] });
      await bench.pass(100);
      let value = 0;
      const late = bench.device.device.register('late', { size: () => 1, readp: () => Uint8Array.of(value) });
      for (let i = 0; i < 12; i++) {
        await bench.pass(110);
        late.sendEvent((value = i));
        bench.device.print(`line ${i}\n`);
      }
      await recording.ended();
      const whole = bench.storage.file();
      writeFileSync(inFolder('another.mcap'), await rewritten(whole, layout, compress));
      // Without its last bytes a file has no index.
      writeFileSync(inFolder('cut.mcap'), whole.subarray(0, whole.length - 20));
      const { entries } = await entriesOf(await openCursor(inFolder('cut.mcap'), 0));
      const frames = entries.filter(({ kind }) => kind === 'frame');
      expect(frames.length).toBeGreaterThan(25);
      for (const { at } of frames) {
        const fromMs = at - entries[0]!.at;
        const [found, expected] = await Promise.all(
          ['another.mcap', 'cut.mcap'].map(async (name) => described(await openCursor(inFolder(name), fromMs))),
        );
        expect({ fromMs, cursor: found }).toEqual({ fromMs, cursor: expected });
      }
    },
  );

  it('has the messages of another program that does not mark frames', async () => {
    const storage = new MemoryStorage();
    const file = new McapFile(await storage.create('foreign.mcap', false), crc32);
    await file.begin('another');
    for (let second = 0; second < 10; second++) {
      file.add(textMessage(`second ${second}`, 1000 * second));
      file.add({
        topic: { name: '/odd', messageEncoding: 'x' },
        data: numbered(second),
        time: toNanoseconds(1000 * second),
      });
      await file.flush();
    }
    await file.end();
    const { open } = counting(storage.file('foreign.mcap'));
    const { entries } = await entriesOf(await openCursor('foreign.mcap', 8000, open));
    expect(entries.map(({ kind, at }) => [kind, at])).toEqual([
      ['text', 8000],
      ['text', 9000],
    ]);
  });

  it.each([0, 5000])(
    'errors with MALFORMED if the file has only messages of another program, at %d ms',
    async (fromMs) => {
      const storage = new MemoryStorage();
      const file = new McapFile(await storage.create('foreign.mcap', false), crc32);
      await file.begin('another');
      for (let second = 0; second < 10; second++) {
        const time = toNanoseconds(1000 * second);
        file.add({ topic: { name: '/odd', messageEncoding: 'x' }, data: numbered(second), time });
        await file.flush();
      }
      await file.end();
      const { open, isOpen } = counting(storage.file('foreign.mcap'));
      await expect(openCursor('foreign.mcap', fromMs, open)).rejects.toMatchObject({
        code: 'MALFORMED',
        message: 'foreign.mcap contains nothing that can be played',
      });
      expect(isOpen()).toBe(0);
    },
  );
});
