import { crc32 } from 'node:zlib';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, timer, toArray } from 'rxjs';
import type { Frame } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { exportFrames, exportVideo } from '../../lib/recording/index.js';
import { frameMessages } from '../../lib/recording/format/frame-messages.js';
import { McapFile } from '../../lib/recording/record/mcap-file.js';
import { disk } from '../../lib/recording/disk.js';

const folder = mkdtempSync(join(tmpdir(), 'export-'));
const inFolder = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

async function recordingOf(name: string, frames: readonly Frame[]): Promise<string> {
  const path = inFolder(name);
  const handle = await disk.create(path, true);
  const file = new McapFile(handle, crc32);
  await file.begin('spec');
  for (const frame of frames) frameMessages(frame).forEach((message) => file.add(message));
  await file.flush();
  await file.end();
  await handle.close();
  return path;
}

const frame = (index: number, changes: Partial<Frame> = {}): Frame => ({
  width: 4,
  height: 2,
  format: 'grayscale',
  data: Uint8Array.from({ length: 8 }, (_, at) => 30 * at + index),
  fps: 10,
  index,
  receivedAt: 1000 + 100 * index,
  ...changes,
});

/** The program that decodes what this library has not written. */
const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const withFfmpeg = hasFfmpeg ? it : it.skip;

/** A program in the place of ffmpeg. */
function standIn(script: string): string {
  const path = inFolder(`stand-in-${Math.random()}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** Neither the file nor a part of it. */
function expectNothingOf(name: string): void {
  expect(readdirSync(folder).filter((one) => one.includes(name) && !one.endsWith('.mcap'))).toEqual([]);
}

/** Keeps what it is given in the place of the video, behind its arguments. */
const KEEPS = 'for last; do :; done; printf "%s\\n" "$*" > "$last"; cat >> "$last"';

describe('exportFrames', () => {
  it('writes compressed frames unchanged and pixels as PNG', async () => {
    const jpeg = Uint8Array.of(0xff, 0xd8, 1, 2, 3, 0xff, 0xd9);
    const file = await recordingOf('frames.mcap', [
      frame(0, { format: 'jpeg', data: jpeg }),
      frame(1),
      frame(2, { format: 'unknown', data: Uint8Array.of(1, 2) }),
    ]);
    const exported = await lastValueFrom(exportFrames(file, inFolder('frames')).pipe(toArray()));
    expect(exported.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(readdirSync(inFolder('frames')).sort()).toEqual([
      'frame-000001.jpg',
      'frame-000002.png',
      'frame-000003.bin',
    ]);
    expect(Uint8Array.from(readFileSync(exported[0]!.file))).toEqual(jpeg);
  });

  it('errors if the recording has no frames, and creates no folder', async () => {
    const file = await recordingOf('no-frames.mcap', []);
    await expect(lastValueFrom(exportFrames(file, inFolder('nothing')))).rejects.toMatchObject({
      code: 'MALFORMED',
      message: expect.stringContaining('no-frames.mcap contains no frames') as string,
    });
    expect(existsSync(inFolder('nothing'))).toBe(false);
  });

  withFfmpeg('are PNG files that another program reads, pixel by pixel', async () => {
    const file = await recordingOf('png.mcap', [frame(0)]);
    const { file: png } = await lastValueFrom(exportFrames(file, inFolder('png')));
    const gray = execFileSync('ffmpeg', ['-loglevel', 'error', '-i', png, '-f', 'rawvideo', '-pix_fmt', 'gray', '-']);
    expect([...gray]).toEqual([...frame(0).data]);
  });

  it('overwrites nothing unless asked to', async () => {
    const file = await recordingOf('again.mcap', [frame(0)]);
    await lastValueFrom(exportFrames(file, inFolder('again')));
    await expect(lastValueFrom(exportFrames(file, inFolder('again')))).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await lastValueFrom(exportFrames(file, inFolder('again'), { overwrite: true }));
  });

  it("reports a folder that can't be created", async () => {
    const file = await recordingOf('nowhere.mcap', [frame(0)]);
    await expect(lastValueFrom(exportFrames(file, join(file, 'below')))).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
    });
  });
});

describe('exportVideo', () => {
  it('shows each frame for as long as the recording did', async () => {
    const file = await recordingOf('timed.mcap', [frame(0), frame(1), frame(2, { receivedAt: 1400 })]);
    const video = inFolder('timed.mp4');
    await lastValueFrom(exportVideo(file, video, { framesPerSecond: 10, ffmpeg: standIn(KEEPS) }));
    const made = readFileSync(video);
    const bytes = made.subarray(made.indexOf('\n') + 1);
    const pictures = Array.from({ length: bytes.length / 32 }, (_, at) => bytes[32 * at]);
    expect(pictures).toEqual([0, 1, 1, 1, 2]);
    expect(made.toString('latin1')).toContain('-video_size 4x2 -framerate 10');
  });

  withFfmpeg('of a camera can be played by another program, and is as long as the recording', async () => {
    const pictures: Uint8Array<ArrayBuffer>[] = [];
    const camera = new VirtualCamera();
    const { Camera } = await import('../../lib/index.js');
    const { take } = await import('rxjs');
    await lastValueFrom(new Camera(camera.transport()).frames$.pipe(take(5))).then(({ data }) =>
      pictures.push(data.slice()),
    );
    const frames = Array.from({ length: 20 }, (_, index) =>
      frame(index, { format: 'jpeg', width: 320, height: 240, data: pictures[0]! }),
    );
    const file = await recordingOf('camera.mcap', frames);
    const video = inFolder('camera.mp4');
    await lastValueFrom(exportVideo(file, video));
    const { streams } = JSON.parse(
      execFileSync('ffprobe', ['-loglevel', 'error', '-show_streams', '-of', 'json', video]).toString(),
    ) as { streams: { width: number; height: number; duration: string }[] };
    expect(streams[0]).toMatchObject({ width: 320, height: 240 });
    expect(Number(streams[0]!.duration)).toBeCloseTo(1.93, 1);
  });

  it('says what to install without ffmpeg', async () => {
    const file = await recordingOf('without.mcap', [frame(0), frame(1)]);
    const made = exportVideo(file, inFolder('without.mp4'), { ffmpeg: 'no-such-program' });
    await expect(lastValueFrom(made)).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
      message: expect.stringContaining('apt install ffmpeg') as string,
    });
  });

  it("reports ffmpeg's message if ffmpeg fails", async () => {
    const file = await recordingOf(
      'failed.mcap',
      Array.from({ length: 50 }, (_, index) => frame(index)),
    );
    const ffmpeg = standIn('echo "Unknown encoder" >&2; exit 3');
    await expect(lastValueFrom(exportVideo(file, inFolder('failed.mp4'), { ffmpeg }))).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
      message: expect.stringContaining('Unknown encoder') as string,
    });
  });

  it('refuses frames that change their size, and says where', async () => {
    const file = await recordingOf('sizes.mcap', [frame(0), frame(1, { width: 2, height: 4 })]);
    const video = inFolder('sizes.mp4');
    await expect(lastValueFrom(exportVideo(file, video, { ffmpeg: standIn(KEEPS) }))).rejects.toMatchObject({
      code: 'MALFORMED',
      message: expect.stringContaining('frame 1') as string,
    });
    expectNothingOf('sizes');
  });

  it('leaves no file after an error or unsubscribe', async () => {
    const file = await recordingOf(
      'part.mcap',
      Array.from({ length: 5 }, (_, index) => frame(index)),
    );
    const fails = standIn('for last; do :; done; echo part > "$last"; cat > /dev/null; exit 1');
    await expect(lastValueFrom(exportVideo(file, inFolder('part.mp4'), { ffmpeg: fails }))).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
    });
    expectNothingOf('part');
    const begun = exportVideo(file, inFolder('part.mp4'), { ffmpeg: standIn(KEEPS) });
    await firstValueFrom(begun);
    while (readdirSync(folder).some((name) => name.includes('part.mp4'))) await lastValueFrom(timer(5));
    expectNothingOf('part');
  });

  it('leaves no file if it is unsubscribed from after ffmpeg has all frames', async () => {
    const file = await recordingOf('late.mcap', [frame(0), frame(1)]);
    const go = inFolder('go');
    const ffmpeg = standIn(`${KEEPS}; while [ ! -e ${go} ]; do sleep 0.02; done`);
    const isBegun = (): boolean => readdirSync(folder).some((name) => name.includes('late') && name.endsWith('.mp4'));
    let read = 0;
    const exported = exportVideo(file, inFolder('late.mp4'), { ffmpeg }).subscribe(({ frames }) => (read = frames));
    while (read < 2 || !isBegun()) await lastValueFrom(timer(5));
    exported.unsubscribe();
    writeFileSync(go, '');
    while (readdirSync(folder).some((name) => name.endsWith('.part.mp4'))) await lastValueFrom(timer(5));
    expectNothingOf('late');
  });

  it('overwrites nothing unless asked to, and refuses a recording without frames', async () => {
    const file = await recordingOf('none.mcap', []);
    writeFileSync(inFolder('there.mp4'), 'precious');
    await expect(lastValueFrom(exportVideo(file, inFolder('there.mp4')))).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    });
    await expect(lastValueFrom(exportVideo(file, inFolder('none.mp4')))).rejects.toMatchObject({ code: 'MALFORMED' });
    expect(() => exportVideo(file, 'a.mp4', { framesPerSecond: 0 })).toThrow('framesPerSecond');
  });

  it('does not overwrite a file that appears while it works, unless asked to', async () => {
    const file = await recordingOf('meanwhile.mcap', [frame(0)]);
    const video = inFolder('meanwhile.mp4');
    const ffmpeg = standIn(`${KEEPS}; echo precious > ${video}`);
    await expect(lastValueFrom(exportVideo(file, video, { ffmpeg }))).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(readFileSync(video, 'utf8')).toBe('precious\n');
    await lastValueFrom(exportVideo(file, video, { ffmpeg, overwrite: true }));
    expect(readFileSync(video, 'latin1')).toContain('-loglevel');
    expect(readdirSync(folder).filter((name) => name.includes('meanwhile-'))).toEqual([]);
  });

  it.each(['p%d.png', 'p%03d.jpg'])(
    'refuses a series of pictures like %j, and does not look for its files',
    (video) => {
      expect(() => exportVideo('a.mcap', video)).toThrow(
        expect.objectContaining({
          code: 'INVALID_ARGUMENT',
          message: expect.stringContaining(video) as string,
        }) as Error,
      );
    },
  );

  it.each(['-dash.mp4', 'co:lon.mp4', '100%.mp4'])('accepts the file name %s', async (name) => {
    const file = await recordingOf('called.mcap', [frame(0)]);
    const folderBefore = process.cwd();
    process.chdir(folder);
    try {
      await lastValueFrom(exportVideo(file, name, { ffmpeg: standIn(KEEPS) }));
    } finally {
      process.chdir(folderBefore);
    }
    // In full, it can't be taken for an option or an address.
    expect(readFileSync(inFolder(name), 'latin1')).toContain(` ${folder}/.`);
  });
});
