import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { Camera } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { readRecording, record, replay } from '../../lib/recording/index.js';

const folder = mkdtempSync(join(tmpdir(), 'special-files-'));
const inFolder = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const recorded = (file: string) =>
  lastValueFrom(record(new Camera(new VirtualCamera().transport(), { closeAfterMs: 0 }), { file, maxFrames: 3 }));

function pipe(name: string): string {
  execFileSync('mkfifo', [inFolder(name)]);
  return inFolder(name);
}

async function framesOf(file: string): Promise<number> {
  let frames = 0;
  for await (const { kind } of readRecording(file)) frames += Number(kind === 'frame');
  return frames;
}

describe('a recording', () => {
  it('to a pipe arrives complete', async () => {
    const path = pipe('out');
    // Opening one end of a pipe waits for the other.
    const bothEnds = openSync(path, 'r+');
    const reader = createReadStream(path);
    await once(reader, 'open');
    const read = buffer(reader);
    await recorded(path).finally(() => closeSync(bothEnds));
    writeFileSync(inFolder('copy.mcap'), await read);
    expect(await framesOf(inFolder('copy.mcap'))).toBe(3);
  });

  it('to a pipe without a reader errors at once', async () => {
    await expect(recorded(pipe('unread'))).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
      message: expect.stringContaining('start the reader first') as string,
    });
  });

  it('to /dev/null is written', async () => {
    expect(await recorded('/dev/null')).toMatchObject({ frames: 3 });
  });
});

describe('a replay', () => {
  it.each([
    ['a pipe', () => pipe('in')],
    ['a device', () => '/dev/null'],
  ])('of %s errors at once', async (_, path) => {
    await expect(firstValueFrom(replay(path()).open())).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
      message: expect.stringContaining('a pipe or a device') as string,
    });
  });
});
