import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { Camera } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { readRecording, record } from '../../lib/recording/index.js';

const HOUR_MS = 3_600_000;
const wall = Date.now;
const folder = mkdtempSync(join(tmpdir(), 'wall-clock-'));
afterAll(() => {
  Date.now = wall;
  rmSync(folder, { recursive: true });
});

describe('a computer whose clock is set forward by an hour', () => {
  it('shows it in the times of frames and of recordings, and no command is late', async () => {
    const camera = new Camera(new VirtualCamera().transport());
    const link = camera.connect();
    const frames = () => lastValueFrom(camera.frames$.pipe(take(3), toArray()));
    const before = await frames();
    expect(Math.abs(before[0]!.receivedAt - wall())).toBeLessThan(60_000);
    Date.now = () => wall() + HOUR_MS;
    const after = await frames();
    expect(after[0]!.receivedAt - before[2]!.receivedAt).toBeGreaterThan(HOUR_MS - 1000);
    const file = join(folder, 'one.mcap');
    await lastValueFrom(record(camera, { file, maxFrames: 3 }));
    for await (const entry of readRecording(file)) {
      if ('at' in entry) expect(Math.abs(entry.at - Date.now())).toBeLessThan(60_000);
    }
    expect(await firstValueFrom(camera.stats$)).toMatchObject({ resynchronisations: 0, reconnections: 0 });
    link.unsubscribe();
  });
});
