import { ok } from 'node:assert/strict';
import type { Camera } from 'openmv-rx';
import { lastValueFrom, map, skipUntil, takeWhile, timeout, timer, toArray } from 'rxjs';
import { checkedNumber, numberedFrame } from '../bed/frames.js';

/** What a stream brought. */
export interface FrameRate {
  /** Frames a second, from each frame to the next. */
  readonly rates: readonly number[];
  /** Over all of it, with whatever held it up. */
  readonly mean: number;
  /** Processor time of this process, in milliseconds a frame. */
  readonly cpuMs: number;
  /** Frames that came once more. */
  readonly repeats: number;
}

const LONGEST_SILENCE_MS = 10_000;

/** Streams for a while, and until one frame more, checking each byte. Errors with the stream, and when it falls silent. */
export async function frameRate(
  camera: Camera,
  frameBytes: number,
  warmUpMs: number,
  streamMs: number,
): Promise<FrameRate> {
  const expected = numberedFrame(frameBytes)(0);
  let [last, repeats] = [-1, 0];
  let begin: { readonly at: number; readonly cpu: NodeJS.CpuUsage } | undefined;
  const arrivals = await lastValueFrom(
    camera.frames$.pipe(
      timeout(LONGEST_SILENCE_MS),
      map(({ data }) => {
        const number = checkedNumber(data, expected);
        ok(number >= last, `frame ${number} came behind frame ${last}`);
        if (number === last) repeats++;
        last = number;
        return performance.now();
      }),
      skipUntil(timer(warmUpMs)),
      takeWhile((at) => at < (begin ??= { at, cpu: process.cpuUsage() }).at + streamMs, true),
      toArray(),
    ),
  );
  const { user, system } = process.cpuUsage(begin?.cpu);
  const intervals = arrivals.slice(1).map((at, i) => at - (arrivals[i] as number));
  return {
    rates: intervals.map((ms) => 1000 / ms),
    mean: (1000 * intervals.length) / intervals.reduce((sum, ms) => sum + ms, 0),
    cpuMs: (user + system) / 1000 / intervals.length,
    repeats,
  };
}
