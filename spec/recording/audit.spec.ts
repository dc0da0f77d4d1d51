import { crc32 } from 'node:zlib';
import type { FrameFormat } from '../../lib/index.js';
import { imuLayout } from '../../lib/virtual/index.js';
import { frameMessages } from '../../lib/recording/format/frame-messages.js';
import { McapFile } from '../../lib/recording/record/mcap-file.js';
import { MemoryStorage } from './memory-storage.js';
import { audit, type Audit } from './support/audit.js';
import { frameNumbers, RecordingBench } from './recording-bench.js';

const numbersIn = ({ messages }: Audit) =>
  frameNumbers(
    messages.flatMap(({ schema, value }) =>
      schema === 'foxglove.CompressedImage' ? [value as { data: Uint8Array<ArrayBuffer> }] : [],
    ),
  );
const first = (count: number) => Array.from({ length: count }, (_, index) => index);
const sound = (found: Audit, end: Audit['end']) => {
  expect({ faults: found.faults, end: found.end }).toEqual({ faults: [], end });
  return found;
};

/** A recording with everything that there may be in one. */
async function recorded(
  options: Parameters<RecordingBench['start']>[0] = {},
  bench = new RecordingBench({ imu: true }),
) {
  const recording = bench.start({
    durationMs: 3000,
    chunkBytes: 8000,
    channels: [
      'frame',
      { name: 'config', encoding: 'json' },
      { name: 'controls', encoding: 'cbor' },
      { name: 'imu', layout: imuLayout },
    ],
    ...options,
  });
  await bench.pass(300);
  bench.device.print('Grüße ✓\n');
  await recording.ended();
  return { bench, recording };
}

describe('a recording, checked only by the MCAP specification,', () => {
  it('is valid in every byte, and has all its frames once and in order', async () => {
    const { bench, recording } = await recorded();
    const found = sound(audit(bench.storage.file()), 'indexed');
    expect(found.chunks).toBeGreaterThan(5);
    expect(numbersIn(found)).toEqual(first(recording.last.frames));
    expect(new Set(found.messages.map(({ schema }) => schema))).toEqual(
      new Set([
        ...['foxglove.CompressedImage', 'openmv.FrameInfo', 'foxglove.Log', 'openmv.Channels', 'openmv.CameraEvent'],
        ...['openmv.config', 'openmv.imu', ''],
      ]),
    );
    expect(found.messages.find(({ schema }) => schema === 'foxglove.Log')!.value).toMatchObject({
      message: 'Grüße ✓\r\n',
    });
  });

  it('is valid if nothing was recorded', async () => {
    const { bench } = await recorded({ frames: false, text: false, events: false, channels: [] });
    expect(sound(audit(bench.storage.file()), 'indexed').messages).toEqual([]);
  });

  it.each<[FrameFormat, string | undefined]>([
    ['grayscale', 'mono8'],
    ['rgb565', 'rgba8'],
    ['yuv422', 'yuyv'],
    ['bayer-rggb', 'bayer_rggb8'],
    ['png', undefined],
  ])('is valid with a frame of %s', async (format, encoding) => {
    const storage = new MemoryStorage();
    const file = new McapFile(await storage.create('one.mcap', false), crc32);
    await file.begin('spec');
    const data = new Uint8Array(6 * 4 * 4);
    for (const message of frameMessages({ index: 1, width: 6, height: 4, format, data, fps: 1, receivedAt: 12 }))
      file.add(message);
    await file.flush();
    await file.end();
    const { messages } = sound(audit(storage.file()), 'indexed');
    expect(messages[1]).toMatchObject(
      encoding === undefined
        ? { schema: 'foxglove.CompressedImage', value: { format } }
        : { schema: 'foxglove.RawImage', value: { width: 6, height: 4, encoding } },
    );
  });

  it('is valid in each file if it was split', async () => {
    const { bench, recording } = await recorded({ split: { bytes: 30_000 } });
    expect(bench.storage.names.length).toBeGreaterThan(2);
    const numbers = bench.storage.names.flatMap((name) => numbersIn(sound(audit(bench.storage.file(name)), 'indexed')));
    expect(numbers).toEqual(first(recording.last.frames));
  });

  it('is valid in both files if two cameras were recorded at once', async () => {
    const benches = [new RecordingBench({ imu: true }), new RecordingBench({ imu: true })];
    const [one, other] = await Promise.all(benches.map((bench) => recorded({}, bench)));
    for (const { bench, recording } of [one!, other!])
      expect(numbersIn(sound(audit(bench.storage.file()), 'indexed'))).toEqual(first(recording.last.frames));
  });

  it('is valid up to its end if it was killed at any moment', async () => {
    const { bench } = await recorded({ durationMs: 1000, chunkBytes: 3000 });
    const file = bench.storage.file();
    let most = 0;
    for (let length = 8; length < file.length; length += 307) {
      const numbers = numbersIn(sound(audit(file.subarray(0, length)), 'none'));
      expect(numbers).toEqual(first(numbers.length));
      most = Math.max(most, numbers.length);
    }
    expect(most).toBeGreaterThan(10);
  });

  it('is valid if the disk became full at any byte, and has a proper end if there was room for one', async () => {
    const ends = new Set<string>();
    for (let capacity = 400; capacity < 40_000; capacity += 1310) {
      const bench = new RecordingBench({ imu: true });
      bench.storage.capacity = capacity;
      const { recording } = await recorded({ chunkBytes: 4000 }, bench);
      expect(recording.error).toMatchObject({ code: 'DISK_FULL' });
      const file = bench.storage.file();
      const found = audit(file);
      expect({ capacity, faults: found.faults }).toEqual({ capacity, faults: [] });
      expect((recording.error as Error).message).toMatch(found.end === 'none' ? /can be read/ : /complete file/);
      expect(numbersIn(found)).toEqual(first(numbersIn(found).length));
      ends.add(found.end);
    }
    expect(ends).toContain('bare');
  }, 60_000);
});

describe('the auditor', () => {
  it('detects any changed byte', async () => {
    const { bench } = await recorded({ durationMs: 300, channels: [] }, new RecordingBench());
    const file = bench.storage.file();
    const unseen: number[] = [];
    for (let at = 0; at < file.length; at += 7) {
      const damaged = Buffer.from(file);
      damaged[at]! ^= 0x10;
      let found: Pick<Audit, 'faults' | 'end'>;
      try {
        found = audit(damaged);
      } catch (error) {
        found = { faults: [String(error)], end: 'none' };
      }
      if (found.faults.length === 0 && found.end === 'indexed') unseen.push(at);
    }
    expect(unseen).toEqual([]);
  });
});
