import { JPEG_BYTES } from '../bed/frames.js';
import type { ServingOptions } from '../cameras/camera-process.js';
import { manyHosts } from '../cameras/many-hosts.js';
import type { Pace } from '../pace.js';
import { result, type Result, type Step } from '../result.js';

const TEN = { cameras: 10, framesPerSecond: 30 } as const;
const NOTE = 'cameras in one process, hosts in another, TCP on one machine; for one camera or host, of ten';
const DRAWN =
  'each picture of the test pattern’s cycle is drawn and compressed once for all cameras, in the first seconds';

/** Ten virtual cameras at 30 frames a second, read by ten hosts: what one of each takes of a processor core. */
export function* cameras(pace: Pace): Generator<Step> {
  yield () => shares('prepared JPEGs of 20 KB', { ...TEN, frameBytes: JPEG_BYTES }, pace);
  yield () => shares('test pattern, 320 × 240', TEN, pace, DRAWN);
}

async function shares(name: string, options: ServingOptions, pace: Pace, note?: string): Promise<Result[]> {
  const { rates, deviceShares, hostShares } = await manyHosts(options, pace);
  return [
    result(`${name}, of each camera`, 'frames/s', rates, NOTE),
    result(`${name}, CPU of a camera`, '% of a core', deviceShares, note),
    result(`${name}, CPU of a host`, '% of a core', hostShares),
  ];
}
