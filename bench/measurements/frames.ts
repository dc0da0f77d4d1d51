import { fail, strictEqual } from 'node:assert/strict';
import { histogram, toRgba, type Frame, type FrameFormat } from 'openmv-rx';
import type { Pace } from '../pace.js';
import { randomBytes } from '../random-bytes.js';
import { referencePixels, type PixelAt } from '../reference-pixels.js';
import { repeated } from '../repeated.js';
import { result, type Entry, type Step } from '../result.js';

const VGA = { width: 640, height: 480 } as const;
const RGBA_BYTES = 4 * VGA.width * VGA.height;

/** What a browser or a program spends on a raw frame. */
export function* frames(pace: Pace): Generator<Step> {
  for (const [format, reference] of Object.entries(referencePixels)) {
    const picture = { ...VGA, format: format as FrameFormat, data: randomBytes(RGBA_BYTES) };
    yield () => converts(picture, reference(picture), pace);
  }
  yield () => counts(pace);
}

type Raw = Pick<Frame, 'width' | 'height' | 'format' | 'data'>;

async function converts(picture: Raw, reference: PixelAt, pace: Pace): Promise<Entry[]> {
  const name = `toRgba, VGA, ${picture.format}`;
  const rgba = toRgba(picture);
  for (let y = 0, at = 0; y < VGA.height; y++) {
    for (let x = 0; x < VGA.width; x++) {
      for (const want of reference(x, y)) {
        const got = rgba[at++] as number;
        // To the nearest; of a half there are two.
        if (Math.abs(got - want) > 0.5 + 1e-9) fail(`${name}: ${got} in place of ${want} at (${x}, ${y})`);
      }
    }
  }
  const [middle] = [rgba[RGBA_BYTES / 2]];
  const samples = await repeated(pace, () => strictEqual(toRgba(picture)[RGBA_BYTES / 2], middle, name));
  return [result(name, 'MB/s', rates(samples), 'of the RGBA that is made')];
}

async function counts(pace: Pace): Promise<Entry[]> {
  const picture = { ...VGA, data: randomBytes(RGBA_BYTES) };
  const all = VGA.width * VGA.height;
  const samples = await repeated(pace, () => {
    const counted = histogram(picture);
    strictEqual(counted.kind === 'rgb' && counted.green.reduce((sum, count) => sum + count), all);
  });
  return [result('histogram, VGA, RGBA', 'MB/s', rates(samples))];
}

function rates(samplesMs: readonly number[]): number[] {
  return samplesMs.map((ms) => RGBA_BYTES / ms / 1000);
}
