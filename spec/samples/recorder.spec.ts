import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualCamera } from 'openmv-rx/virtual';
import { readRecording } from 'openmv-rx/recording';
import { lastValueFrom, NEVER, Subject, tap, toArray } from 'rxjs';
import { parse } from '../../samples/recorder/arguments.js';
import { inspect } from '../../samples/recorder/inspect.js';
import { recordAll, type Recording } from '../../samples/recorder/recorder.js';

const TIMEOUT_MS = 30_000;
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'recorder-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const cameras = (...names: string[]) =>
  new Map(names.map((name) => [name, new VirtualCamera({ name, imu: true }).transport()]));
const recording = (changes: Partial<Recording>) =>
  recordAll({ cameras: cameras('left', 'right'), folder, seconds: 2, splitBytes: 50_000, until$: NEVER, ...changes });

async function frameIndexes(file: string): Promise<number[]> {
  const indexes: number[] = [];
  for await (const entry of readRecording(join(folder, file)))
    if (entry.kind === 'frame') indexes.push(entry.frame.index);
  return indexes;
}

describe('the recorder', () => {
  it(
    'records two cameras at once, each frame once, in files that are whole by themselves',
    async () => {
      const progress = await lastValueFrom(recording({}).pipe(toArray()));
      for (const camera of ['left', 'right']) {
        const files = readdirSync(folder)
          .filter((file) => file.startsWith(camera))
          .sort();
        expect(files.length).toBeGreaterThan(1);
        const indexes = (await Promise.all(files.map(frameIndexes))).flat();
        expect(indexes).toEqual(indexes.map((_, index) => index));
        const last = progress.filter(({ name }) => name === camera).at(-1)!.progress;
        expect(last).toMatchObject({ frames: indexes.length, dropped: 0, files: files.length });
      }
    },
    TIMEOUT_MS,
  );

  it(
    'ends when it is told to, and says what is in its files',
    async () => {
      const until$ = new Subject<void>();
      const ending = tap<{ progress: { frames: number } }>(({ progress }) => progress.frames === 20 && until$.next());
      await lastValueFrom(
        recording({ cameras: cameras('one'), seconds: Infinity, splitBytes: 1e9, until$ }).pipe(ending),
      );
      const file = join(folder, 'one-0001.mcap');
      const lines = await inspect(file);
      expect(lines[0]).toMatch(/^camera {4}OpenMV Cam H7 /);
      expect(lines[1]).toMatch(/^complete {2}2\d frames, 0 left out$/);
      expect(lines.join('\n')).toMatch(/2\d frames of 320 × 240 jpeg, \d+ bytes/);
      expect(lines.join('\n')).toMatch(/\d+ values of imu \(records\)/);

      const whole = readFileSync(file);
      writeFileSync(file, whole.subarray(0, whole.length / 2));
      expect((await inspect(file)).join('\n')).toMatch(/not whole .* ends too early/);
    },
    TIMEOUT_MS,
  );

  it.each([
    [[]],
    [['record']],
    [['play', 'a']],
    [['inspect', 'a', 'b']],
    [['record', 'a', '--seconds', 'soon']],
    [['record', 'a', '--split-mb', '0']],
    [['record', 'a', '--unknown']],
  ])('refuses the command line %j', (words) => {
    expect(() => parse(words)).toThrow();
  });

  it('takes ports, a time and a size', () => {
    expect(parse(['record', 'a', '--port', 'x', '--port', 'y', '--seconds', '3', '--split-mb', '2'])).toEqual({
      task: 'record',
      folder: 'a',
      ports: ['x', 'y'],
      seconds: 3,
      splitBytes: 2e6,
    });
    expect(parse(['inspect', 'b'])).toEqual({ task: 'inspect', file: 'b' });
  });
});
