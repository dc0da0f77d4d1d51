import { firstValueFrom, take, toArray } from 'rxjs';
import { Camera, json } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { parse } from '../../samples/frame-pipeline/arguments.js';
import { exposure } from '../../samples/frame-pipeline/exposure.js';
import { join } from '../../samples/frame-pipeline/join.js';
import { motion, type Motion } from '../../samples/frame-pipeline/motion.js';

const TIMEOUT_MS = 30_000;

describe('the frame pipelines', () => {
  it(
    'tell where something moves, and the camera knows of it',
    async () => {
      const camera = new Camera(new VirtualCamera().transport());
      const link = camera.connect();
      const reports = await firstValueFrom(motion(camera).pipe(take(5), toArray()));
      for (const { regions } of reports) {
        expect(regions.length).toBeGreaterThan(0);
        for (const { x, y, width, height } of regions) {
          expect([x >= 0, y >= 0, x + width <= 160, y + height <= 120, width >= 20, height]).toEqual([
            ...Array<boolean>(5).fill(true),
            20,
          ]);
        }
      }
      // A part of the picture stands still.
      expect(Math.max(...reports.map(({ regions }) => regions.length))).toBeLessThan(6 * 8);
      const known = await firstValueFrom(camera.channel('motion', json<Motion>()).read());
      expect(known.frame).toBeGreaterThanOrEqual(reports.at(-1)!.frame);
      link.unsubscribe();
    },
    TIMEOUT_MS,
  );

  it(
    'join each frame with the motion that was measured nearest to it',
    async () => {
      const camera = new Camera(new VirtualCamera().transport());
      const held = await firstValueFrom(join(camera).pipe(take(15), toArray()));
      const frames = held.map(({ frame }) => frame);
      expect(frames).toEqual([...new Set(frames)].sort((a, b) => a - b));
      for (const { tilt, differenceMs } of held) {
        // It sways by at most 0.8 m/s² and so in each direction.
        expect(tilt).toBeGreaterThanOrEqual(0);
        expect(tilt).toBeLessThan(12);
        expect(Math.abs(differenceMs)).toBeLessThanOrEqual(20);
      }
      expect(new Set(held.map(({ tilt }) => tilt)).size).toBeGreaterThan(10);
    },
    TIMEOUT_MS,
  );

  it.each([0.2, 8])(
    'steer the exposure from %p until the picture is as bright as it should be',
    async (first) => {
      const camera = new Camera(new VirtualCamera({ exposure: first }).transport());
      const rounds = await firstValueFrom(exposure(camera).pipe(take(25), toArray()));
      expect(Math.abs(rounds[0]!.median - 100)).toBeGreaterThan(25);
      for (const { median } of rounds.slice(-8)) expect(Math.abs(median - 100)).toBeLessThan(15);
    },
    TIMEOUT_MS,
  );

  it.each([[[]], [['dance']], [['motion', 'join']], [['join', '--count', '0']], [['join', '--port', '']], [['--no']]])(
    'refuse the command line %p',
    (args: string[]) => {
      expect(() => parse(args)).toThrow(/name one of|--count|--port|Unknown option/);
    },
  );
});
