import { ok } from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Camera, type Frame } from 'openmv-rx';
import { frameNumber } from 'openmv-rx/virtual';
import { tcp } from 'openmv-rx/tcp';
import { filter, firstValueFrom, Subscription } from 'rxjs';
import { checkedNumber, numberedFrame } from '../bed/frames.js';
import type { Pace } from '../pace.js';
import { servedCameras, type ServedCameras } from './served-cameras.js';
import type { ServingOptions } from './camera-process.js';

/** What many cameras and as many hosts cost. */
export interface Shares {
  /** Frames a second that came of each camera. */
  readonly rates: readonly number[];
  /** Of a core, in percent, for one camera; a sample for each part of the time. */
  readonly deviceShares: readonly number[];
  /** The same of one host. */
  readonly hostShares: readonly number[];
}

/** The time is measured in parts, which show how much it varies. */
const PARTS = 8;

/** Cameras in one process and hosts in this one, each reading all its camera's frames over TCP; every frame is checked. */
export async function manyHosts(options: ServingOptions, { warmUpMs, streamMs }: Pace): Promise<Shares> {
  const served = await servedCameras(options);
  const cameras = served.ports.map((port) => new Camera(tcp('127.0.0.1', port), { closeAfterMs: 10 }));
  const counts = cameras.map(() => 0);
  const reading = new Subscription();
  let failure: unknown;
  cameras.forEach((camera, at) => {
    const check = checkOf(options);
    reading.add(
      camera.frames$.subscribe({
        next: (frame) => {
          try {
            check(frame);
            counts[at] = (counts[at] ?? 0) + 1;
          } catch (error) {
            failure ??= error;
          }
        },
        error: (error: unknown) => (failure ??= error),
      }),
    );
  });
  try {
    await pause(Math.max(warmUpMs, 1000));
    ok(
      counts.every((count) => count > 0),
      'each camera has shown something within a second',
    );
    const measured = await measure(served, counts, streamMs);
    if (failure !== undefined) throw failure as Error;
    return measured;
  } finally {
    reading.unsubscribe();
    await Promise.all(
      cameras.map(({ state$ }) => firstValueFrom(state$.pipe(filter(({ state }) => state === 'closed')))),
    );
    await served.close();
  }
}

/** What was taken until a moment, in milliseconds. */
interface Moment {
  readonly at: number;
  readonly host: number;
  readonly device: number;
}

async function measure(served: ServedCameras, counts: readonly number[], streamMs: number): Promise<Shares> {
  const moments: Moment[] = [];
  const before = [...counts];
  for (let part = 0; part <= PARTS; part++) {
    if (part > 0) await pause(streamMs / PARTS);
    const { user, system } = process.cpuUsage();
    moments.push({ host: (user + system) / 1000, device: await served.cpuMs(), at: performance.now() });
  }
  const [first, last] = [moments[0], moments.at(-1)] as [Moment, Moment];
  const share = (end: 'host' | 'device') =>
    moments.slice(1).map((moment, at) => {
      const from = moments[at] as Moment;
      return (100 * (moment[end] - from[end])) / (moment.at - from.at) / counts.length;
    });
  return {
    rates: counts.map((count, at) => (1000 * (count - (before[at] ?? 0))) / (last.at - first.at)),
    deviceShares: share('device'),
    hostShares: share('host'),
  };
}

/** Looks at each frame of one camera: that it is the camera's, whole, and none that came before. */
function checkOf({ frameBytes }: ServingOptions): (frame: Frame) => void {
  const expected = frameBytes === undefined ? undefined : numberedFrame(frameBytes)(0);
  let last = -1;
  return ({ data }) => {
    const number = expected ? checkedNumber(data, expected) : (frameNumber(data) ?? -1);
    ok(number > last, `frame ${number} came behind frame ${last}`);
    last = number;
  };
}
