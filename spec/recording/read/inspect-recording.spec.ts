import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, take } from 'rxjs';
import { Camera, type Frame } from '../../../lib/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { capture, inspectRecording, record } from '../../../lib/recording/index.js';
import { framesMessages, jsonMessages, recordingFile, textMessages } from '../support/recording-file.js';

const folder = mkdtempSync(join(tmpdir(), 'inspect-'));
const inFolder = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const inspected = (file: string) => lastValueFrom(inspectRecording(file));

const frame = (at: number, changes: Partial<Frame> = {}): Frame => ({
  width: 4,
  height: 2,
  format: 'grayscale',
  data: new Uint8Array(8),
  fps: 10,
  index: 0,
  receivedAt: at,
  ...changes,
});

const messages = [
  ...framesMessages([1000, 1100, 1200, 1700, 1800].map((at) => frame(at))),
  ...framesMessages([frame(1900, { format: 'jpeg', width: 8, height: 8, data: new Uint8Array(3) })]),
  ...textMessages('one\n', 'two'),
  ...jsonMessages('config', [{ a: 1 }, 2, 3]),
];
const summary = { frames: '6', dropped: '1', messages: '5' };

describe('inspectRecording', () => {
  it("reports the length, frames, text and channels, and the recording's own counts", async () => {
    const file = await recordingFile(inFolder('whole.mcap'), messages, summary);
    expect(await inspected(file)).toEqual({
      file,
      bytes: statSync(file).size,
      camera: { board: 'OpenMV Cam H7' },
      beganAt: 1000,
      endedAt: 1900,
      seconds: 0.9,
      frames: {
        count: 6,
        bytes: 43,
        framesPerSecond: 5 / 0.9,
        pictures: [
          { width: 4, height: 2, format: 'grayscale', count: 5 },
          { width: 8, height: 8, format: 'jpeg', count: 1 },
        ],
        gaps: 1,
        longestGap: 0.5,
      },
      text: { messages: 2, characters: 7 },
      events: 0,
      channels: [{ name: 'config', encoding: 'json', messages: 3 }],
      others: [],
      summary: { frames: 6, dropped: 1, messages: 5 },
      isSummaryRight: true,
      hasIndex: true,
    });
  });

  it('reports the readable part of a truncated file, and the damage', async () => {
    const file = await recordingFile(inFolder('cut.mcap'), messages, summary);
    truncateSync(file, statSync(file).size - 20);
    const found = await inspected(file);
    expect(found).toMatchObject({ frames: { count: 6 }, hasIndex: false, damage: { code: 'TRUNCATED' } });
  });

  it('reports a summary that is wrong or missing', async () => {
    const wrong = await recordingFile(inFolder('wrong.mcap'), messages, { ...summary, frames: '7' });
    expect(await inspected(wrong)).toMatchObject({ isSummaryRight: false, summary: { frames: 7 } });
    const none = await inspected(await recordingFile(inFolder('none.mcap'), []));
    expect(none).toMatchObject({
      isSummaryRight: false,
      seconds: 0,
      frames: { count: 0, framesPerSecond: 0, gaps: 0 },
    });
    expect(none.summary).toBeUndefined();
    expect(none.beganAt).toBeUndefined();
  });

  it('agrees with a recording of a camera', async () => {
    const file = inFolder('camera.mcap');
    const camera = new Camera(new VirtualCamera().transport(), { closeAfterMs: 0 });
    const recorded = await lastValueFrom(record(camera, { file, maxFrames: 3, channels: ['imu'] }));
    const found = await inspected(file);
    expect(found).toMatchObject({ isSummaryRight: true, hasIndex: true, frames: { count: recorded.frames } });
    expect(found.bytes).toBe(recorded.bytes);
  });

  it('agrees with each file of a split recording, which repeats the list of channels', async () => {
    const camera = new Camera(new VirtualCamera().transport(), { closeAfterMs: 0 });
    const file = inFolder('split.mcap');
    const { files, ...recorded } = await lastValueFrom(
      record(camera, { file, maxFrames: 6, channels: ['imu'], split: { bytes: 20_000 } }),
    );
    expect(files).toBeGreaterThan(1);
    let frames = 0;
    for (let number = 1; number <= files; number++) {
      const found = await inspected(inFolder(`split-000${number}.mcap`));
      expect(found).toMatchObject({ isSummaryRight: true, summary: { frames: found.frames.count } });
      frames += found.frames.count;
    }
    expect(frames).toBe(recorded.frames);
  });

  it('accepts a wire capture, which has no index', async () => {
    const file = inFolder('wire.jsonl');
    const camera = new Camera(capture(new VirtualCamera().transport(), file), { closeAfterMs: 0 });
    await lastValueFrom(camera.frames$.pipe(take(2)));
    const found = await inspected(file);
    expect(found).toMatchObject({ hasIndex: false, isSummaryRight: false });
    expect(found.frames.count).toBeGreaterThan(0);
  });

  it('errors for a file that is no recording', async () => {
    writeFileSync(inFolder('text'), 'hello, world: this is no recording');
    await expect(inspected(inFolder('text'))).rejects.toMatchObject({ code: 'MALFORMED' });
    await expect(inspected(inFolder('nowhere'))).rejects.toMatchObject({ code: 'FILE_UNAVAILABLE' });
  });
});
