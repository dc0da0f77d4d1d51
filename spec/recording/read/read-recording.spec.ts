import { crc32 } from 'node:zlib';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapWriter, type McapWriterOptions } from '@mcap/core';
import { cbor } from '../../../lib/widgets/index.js';
import { structs, type Frame, type FrameFormat } from '../../../lib/index.js';
import { imuLayout } from '../../../lib/virtual/index.js';
import { pictureBytes } from '../../../lib/frames/pixel-format.js';
import { readRecording, type RecordingEntry } from '../../../lib/recording/index.js';
import { decompressors } from '../../../lib/recording/read/mcap-records.js';
import { frameMessages } from '../../../lib/recording/format/frame-messages.js';
import { channelsMessage } from '../../../lib/recording/format/other-messages.js';
import { McapFile } from '../../../lib/recording/record/mcap-file.js';
import { disk } from '../../../lib/recording/disk.js';
import { frameNumbers, RecordingBench } from '../recording-bench.js';

const folder = mkdtempSync(join(tmpdir(), 'read-recording-'));
const inFolder = (name: string) => join(folder, name);

/** What can be read, and what is said at the end of it. */
async function readAll(file: string): Promise<{ entries: RecordingEntry[]; error: unknown }> {
  const entries: RecordingEntry[] = [];
  try {
    for await (const entry of readRecording(file)) entries.push(entry);
  } catch (error) {
    return { entries, error };
  }
  return { entries, error: undefined };
}

const ofKind = <K extends RecordingEntry['kind']>(entries: readonly RecordingEntry[], kind: K) =>
  entries.filter((entry): entry is Extract<RecordingEntry, { kind: K }> => entry.kind === kind);

/** A recording of a virtual camera, on a real disk. */
async function recorded(name: string, bench = new RecordingBench({ imu: true })): Promise<Buffer> {
  const recording = bench.start({
    durationMs: 2000,
    channels: [
      'frame',
      { name: 'config', encoding: 'json' },
      { name: 'controls', encoding: 'cbor' },
      { name: 'imu', layout: imuLayout },
    ],
  });
  await bench.pass(300);
  bench.device.print('Grüße ✓\n');
  await recording.ended();
  const file = bench.storage.file();
  writeFileSync(inFolder(name), file);
  return file;
}

/** As another program writes a file. */
function writerOf(options: Partial<McapWriterOptions> = {}): { parts: Uint8Array[]; writer: McapWriter } {
  const parts: Uint8Array[] = [];
  const writable = {
    write: (bytes: Uint8Array) => Promise.resolve(void parts.push(bytes.slice())),
    position: () => BigInt(parts.reduce((sum, { length }) => sum + length, 0)),
  };
  return { parts, writer: new McapWriter({ writable, ...options }) };
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('readRecording', () => {
  it("emits the camera's information, then everything in order, then the counts", async () => {
    const bench = new RecordingBench({ imu: true });
    const frames: Frame[] = [];
    bench.camera.frames$.subscribe((frame) => frames.push(frame));
    await recorded('whole.mcap', bench);
    const { entries, error } = await readAll(inFolder('whole.mcap'));
    expect(error).toBeUndefined();
    expect(entries[0]).toMatchObject({ kind: 'camera', info: { board: 'OpenMV Cam H7' } });
    const read = ofKind(entries, 'frame').map(({ frame }) => frame);
    expect(read.length).toBeGreaterThan(20);
    for (const frame of read) {
      const original = frames.find(({ receivedAt }) => receivedAt === frame.receivedAt)!;
      expect({ ...frame, index: 0 }).toEqual({ ...original, data: Uint8Array.from(original.data), index: 0 });
    }
    expect(ofKind(entries, 'text').map(({ text }) => text)).toEqual(['Grüße ✓\r\n']);
    expect(entries.at(-1)).toMatchObject({ kind: 'summary', frames: read.length, dropped: 0 });
    expect(ofKind(entries, 'channels')[0]!.channels.map(({ name }) => name)).toContain('imu');
  });

  it('emits values as bytes and decoded', async () => {
    await recorded('values.mcap');
    const { entries } = await readAll(inFolder('values.mcap'));
    const values = ofKind(entries, 'value');
    const first = (name: string) => values.find(({ channel }) => channel === name)!;
    expect(first('config')).toMatchObject({ encoding: 'json', value: { quality: expect.any(Number) as number } });
    expect(cbor().encode(first('controls').value)).toEqual(Uint8Array.from(first('controls').bytes));
    expect(first('frame').value).toBe(first('frame').bytes);
    expect(first('imu').encoding).toBe('records');
    expect(structs(imuLayout).decode(first('imu').bytes)).toEqual(first('imu').value);
  });

  it.each<FrameFormat>([
    'grayscale',
    'rgb565',
    'argb8',
    'binary',
    'bayer-bggr',
    'bayer-gbrg',
    'bayer-grbg',
    'bayer-rggb',
    'yuv422',
    'yvu422',
    'jpeg',
    'png',
    'unknown',
  ])('returns a frame of %s with the bytes that the camera sent', async (format) => {
    const [width, height] = [34, 6];
    const data = Uint8Array.from({ length: pictureBytes(format, width, height) ?? 500 }, (_, at) => (at * 37) & 0xff);
    // What a row of BINARY has behind its last pixel is no part of the picture.
    if (format === 'binary') data.forEach((_, at) => at % 8 >= 4 && (data[at]! &= at % 8 === 4 ? 3 : 0));
    const frame: Frame = { width, height, format, data, fps: 12.5, index: 7, receivedAt: 1234.5 };
    const path = inFolder(`${format}.mcap`);
    const file = new McapFile(await disk.create(path, true), crc32);
    await file.begin('spec');
    frameMessages(frame).forEach((message) => file.add(message));
    await file.flush();
    await file.end();
    const { entries, error } = await readAll(path);
    expect(error).toBeUndefined();
    expect(entries).toEqual([
      { kind: 'frame', at: 1234.5, frame: { ...frame, data: expect.anything() as Uint8Array } },
    ]);
    expect(Uint8Array.from(ofKind(entries, 'frame')[0]!.frame.data)).toEqual(data);
  });

  it('emits everything before a cut, and then errors with TRUNCATED', async () => {
    const bench = new RecordingBench();
    await bench.start({ maxFrames: 30, chunkBytes: 3000 }).ended();
    const file = bench.storage.file();
    let before = 0;
    for (let length = 0; length < file.length; length += 1000) {
      writeFileSync(inFolder('cut.mcap'), file.subarray(0, length));
      const { entries, error } = await readAll(inFolder('cut.mcap'));
      expect(error).toMatchObject({ code: 'TRUNCATED' });
      const numbers = frameNumbers(ofKind(entries, 'frame').map(({ frame }) => frame));
      expect(numbers).toEqual(numbers.map((_, index) => index));
      expect(numbers.length).toBeGreaterThanOrEqual(before);
      // No more is lost than the chunk that was cut.
      expect(numbers.length).toBeGreaterThanOrEqual(Math.floor((length - 8000) / 1400));
      before = numbers.length;
    }
    expect(before).toBeGreaterThan(20);
  });

  it('emits everything before a flipped bit in a chunk, and then errors with MALFORMED', async () => {
    const bench = new RecordingBench();
    await bench.start({ maxFrames: 30, chunkBytes: 3000 }).ended();
    const file = Buffer.from(bench.storage.file());
    file[20_000]! ^= 1;
    writeFileSync(inFolder('damaged.mcap'), file);
    const { entries, error } = await readAll(inFolder('damaged.mcap'));
    expect(error).toMatchObject({ code: 'MALFORMED', message: expect.stringContaining('damaged.mcap') as string });
    expect(ofKind(entries, 'frame').length).toBeGreaterThan(5);
    expect(ofKind(entries, 'frame').length).toBeLessThan(25);
  });

  it("emits everything else if the camera's information is damaged", async () => {
    const file = await recorded('metadata.mcap');
    file[file.indexOf('"board"')] = 0x7c;
    writeFileSync(inFolder('metadata.mcap'), file);
    const { entries, error } = await readAll(inFolder('metadata.mcap'));
    expect(error).toBeUndefined();
    expect(entries[0]).toEqual({ kind: 'camera', info: {} });
    expect(ofKind(entries, 'frame').length).toBeGreaterThan(20);
  });

  it.each(['{}', '{"channels":7}', '{"channels":[{"id":3}]}', 'null', 'none'])(
    'errors with MALFORMED if the list of channels is %s',
    async (list) => {
      const file = new McapFile(await disk.create(inFolder('list.mcap'), true), crc32);
      await file.begin('spec');
      file.add({ ...channelsMessage([], 0), data: Buffer.from(list) });
      await file.flush();
      await file.end();
      const { error } = await readAll(inFolder('list.mcap'));
      expect(error).toMatchObject({
        code: 'MALFORMED',
        message: expect.stringContaining('/channels is not a valid openmv.Channels') as string,
      });
    },
  );

  it.each([
    ['text', 'This is no recording, though it is a file.'],
    ['a picture', '\u0089PNG\r\n\u001a\n and so on'],
    ['JSON of another kind', '{"name":"package"}\n'],
  ])('errors with MALFORMED for a file that is %s', async (_, text) => {
    writeFileSync(inFolder('foreign'), text, 'latin1');
    expect(await readAll(inFolder('foreign'))).toMatchObject({ entries: [], error: { code: 'MALFORMED' } });
  });

  it.each([
    ['is not there', 'nowhere/none.mcap'],
    ['is a folder', '.'],
  ])('errors with FILE_UNAVAILABLE for a file that %s', async (_, path) => {
    expect(await readAll(inFolder(path))).toMatchObject({ error: { code: 'FILE_UNAVAILABLE' } });
  });

  it('emits messages of unknown schemas by name and as bytes', async () => {
    const { parts, writer } = writerOf();
    await writer.start();
    const schemaId = await writer.registerSchema({ name: 'other.Thing', encoding: 'ros2msg', data: new Uint8Array(3) });
    const channel = { topic: '/thing', messageEncoding: 'cdr', metadata: new Map<string, string>() };
    const channelId = await writer.registerChannel({ ...channel, schemaId });
    const imageId = await writer.registerChannel({ ...channel, topic: '/frames', schemaId });
    const message = { sequence: 0, logTime: 5_000_000n, publishTime: 0n, data: Uint8Array.of(1, 2) };
    await writer.addMessage({ ...message, channelId });
    await writer.addMessage({ ...message, channelId: imageId });
    await writer.end();
    writeFileSync(inFolder('other.mcap'), Buffer.concat(parts));
    const { entries, error } = await readAll(inFolder('other.mcap'));
    expect(error).toBeUndefined();
    expect(entries).toEqual([
      { kind: 'unknown', at: 5, topic: '/thing', schema: 'other.Thing', encoding: 'cdr', bytes: Uint8Array.of(1, 2) },
      { kind: 'unknown', at: 5, topic: '/frames', schema: 'other.Thing', encoding: 'cdr', bytes: Uint8Array.of(1, 2) },
    ]);
  });

  it('errors with MALFORMED for a chunk that claims an impossible size', async () => {
    const { parts, writer } = writerOf({
      compressChunk: (compressedData) => ({ compression: 'zstd', compressedData }),
    });
    await writer.start();
    const channel = { schemaId: 0, topic: '/x', messageEncoding: '', metadata: new Map<string, string>() };
    const channelId = await writer.registerChannel(channel);
    await writer.addMessage({ channelId, sequence: 0, logTime: 0n, publishTime: 0n, data: new Uint8Array(100) });
    await writer.end();
    const file = Buffer.concat(parts);
    // Behind the chunk's head, its two times.
    file.writeBigUInt64LE(2n ** 40n, file.indexOf('zstd') - 4 - 4 - 8);
    writeFileSync(inFolder('claims.mcap'), file);
    const { error } = await readAll(inFolder('claims.mcap'));
    expect(error).toMatchObject({ code: 'MALFORMED', message: expect.stringContaining('claims to have') as string });
  });

  it.each(['lz4', 'zstd'] as const)('says what to install for %s compression', async (how) => {
    const handlers = await decompressors('some.mcap', () => Promise.reject(new Error('not installed')));
    expect(() => handlers[how]!(new Uint8Array(1), 1n)).toThrow(
      expect.objectContaining({
        code: 'FILE_UNAVAILABLE',
        message: expect.stringMatching(
          new RegExp(`\\(${how}\\); install .*npm install @mcap/support.* or .*mcap decompress some\\.mcap`),
        ) as string,
      }) as Error,
    );
  });

  it('closes the file when it is unsubscribed from early', async () => {
    await recorded('left.mcap');
    for await (const entry of readRecording(inFolder('left.mcap'))) if (entry.kind === 'frame') break;
    const open = readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    });
    expect(open).not.toContain(inFolder('left.mcap'));
  });
});

describe('readRecording, of a wire capture,', () => {
  const captureFile = (name: string) => new URL(`../../captures/${name}.jsonl`, import.meta.url).pathname;

  it('emits the frames that the host read, compared by hash', async () => {
    const { entries, error } = await readAll(captureFile('frame-jpeg'));
    expect(error).toBeUndefined();
    const frames = ofKind(entries, 'frame').map(({ frame }) => frame);
    expect(frames).toHaveLength(2);
    expect(frames[0]).toMatchObject({ width: 320, height: 240, format: 'jpeg' });
    for (const { data } of frames)
      expect([data[0], data[1], data.at(-2), data.at(-1)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
    const channels = ofKind(entries, 'channels')[0]!.channels.map(({ name }) => name);
    expect(channels.slice(0, 4)).toEqual(['usb', 'stdin', 'stdout', 'stream']);
    expect(ofKind(entries, 'camera')[0]).toMatchObject({
      info: { versions: { protocol: { major: 1, minor: 0, patch: 2 } } },
    });
  });

  it('emits the same frames from a capture without acknowledgements, and only those that arrived from one with losses', async () => {
    const frames = async (name: string) => ofKind((await readAll(captureFile(name))).entries, 'frame');
    const [acked, unacked] = [await frames('frame-jpeg'), await frames('frame-jpeg-noack')];
    expect(unacked.length).toBe(2);
    expect(acked[0]!.frame.data.length).toBeGreaterThan(10_000);
    const lossy = (await frames('loss')).map(({ frame }) => frame);
    expect(lossy.length).toBeGreaterThan(5);
    // Each carries its number, and is whole.
    const numbers = lossy.map(({ data }) => data[0]!);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(new Set(lossy.map(({ data, format }) => `${format} ${data.length}`))).toEqual(new Set(['rgb565 9600']));
  });

  it('emits the text and events of a script', async () => {
    const { entries } = await readAll(captureFile('script'));
    expect(
      ofKind(entries, 'text')
        .map(({ text }) => text)
        .join(''),
    ).not.toBe('');
    expect(ofKind(entries, 'event').map(({ event }) => event.kind)).toContain('script-started');
  });

  it('errors with TRUNCATED after the complete lines if the file ends within a line', async () => {
    const text = readFileSync(captureFile('frame-jpeg'), 'utf8');
    writeFileSync(inFolder('cut.jsonl'), text.slice(0, text.length - 20));
    const { entries, error } = await readAll(inFolder('cut.jsonl'));
    expect(error).toMatchObject({ code: 'TRUNCATED' });
    expect(ofKind(entries, 'frame')).toHaveLength(2);
  });

  it('names the line that is malformed', async () => {
    const lines = readFileSync(captureFile('frame-jpeg'), 'utf8').split('\n');
    lines[3] = '{"t":1,"from":"moon","hex":"00"}';
    writeFileSync(inFolder('wrong.jsonl'), lines.join('\n'));
    const { error } = await readAll(inFolder('wrong.jsonl'));
    expect(error).toMatchObject({ code: 'MALFORMED', message: expect.stringContaining('line 4') as string });
  });
});
