import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom, interval, take, toArray } from 'rxjs';
import { Camera } from '../../../lib/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { capture, readRecording } from '../../../lib/recording/index.js';

const folder = mkdtempSync(join(tmpdir(), 'capture-'));
const file = (name: string) => join(folder, name);
const rows = (name: string) =>
  readFileSync(file(name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { t: number; from: string; hex: string });

afterAll(() => rmSync(folder, { recursive: true }));

const closed = (camera: Camera) =>
  firstValueFrom(camera.state$.pipe((source) => source)).then(
    () =>
      new Promise<void>((resolve) => {
        const watching = camera.state$.subscribe(({ state }) => {
          if (state === 'closed') {
            resolve();
            setImmediate(() => watching.unsubscribe());
          }
        });
      }),
  );

describe('a capture', () => {
  it('contains the bytes of both directions, and reads back what the host received', async () => {
    const camera = new Camera(capture(new VirtualCamera().transport(), file('a.jsonl')), { closeAfterMs: 10 });
    const frames = await firstValueFrom(camera.frames$.pipe(take(3), toArray()));
    await closed(camera);
    const read: Uint8Array[] = [];
    for await (const entry of readRecording(file('a.jsonl'))) {
      if (entry.kind === 'frame') read.push(Uint8Array.from(entry.frame.data));
    }
    expect(read.slice(0, 3)).toEqual(frames.map(({ data }) => Uint8Array.from(data)));
    const all = rows('a.jsonl');
    // The first word is the host's SYNC (PROTOCOL 1).
    expect(all.find(({ from }) => from === 'host')!.hex).toBe('aad5000000000000b0ac');
    expect(all.map(({ t }) => t)).toEqual(all.map(({ t }) => t).sort((a, b) => a - b));
    expect(all[0]!.t).toBe(0);
  });

  it('continues in its file when the transport is opened again', async () => {
    const camera = new Camera(capture(new VirtualCamera().transport(), file('b.jsonl')), { closeAfterMs: 1 });
    await firstValueFrom(camera.info());
    await closed(camera);
    await firstValueFrom(camera.info());
    await closed(camera);
    // The file is closed in the background. Each opening begins with the host's SYNC (PROTOCOL 1).
    const openings = () => readFileSync(file('b.jsonl'), 'utf8').split('aad5000000000000b0ac').length - 1;
    await firstValueFrom(interval(5).pipe(filter(() => openings() >= 2)));
    expect(rows('b.jsonl')[0]!.from).toBe('host');
  });

  it('errors and does not touch an existing file, unless it may overwrite it', async () => {
    writeFileSync(file('c.jsonl'), 'precious');
    const refused = new Camera(capture(new VirtualCamera().transport(), file('c.jsonl')));
    await expect(firstValueFrom(refused.info())).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(readFileSync(file('c.jsonl'), 'utf8')).toBe('precious');
    const allowed = new Camera(capture(new VirtualCamera().transport(), file('c.jsonl'), { overwrite: true }));
    await firstValueFrom(allowed.info());
  });

  it("ends the link with DISK_FULL if it can't be written", async () => {
    const camera = new Camera(capture(new VirtualCamera().transport(), '/dev/full', { overwrite: true }), {
      reconnect: 'never',
    });
    await expect(firstValueFrom(camera.frames$.pipe(take(50), toArray()))).rejects.toMatchObject({ code: 'DISK_FULL' });
  });
});
