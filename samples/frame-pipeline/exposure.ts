import { concat, concatMap, defer, ignoreElements, map, of, repeat, switchMap, type Observable } from 'rxjs';
import { histogram, json, toRgba, type Camera, type Frame } from 'openmv-rx';

/** One round of the control loop. */
export interface Round {
  /** The median brightness of the picture, from 0 to 255. */
  readonly median: number;
  /** The exposure that was written to the camera. */
  readonly exposure: number;
}

interface Config {
  readonly exposure: number;
}

const SIZE = { width: 160, height: 120 };
/** The wanted median. */
const TARGET = 100;
/** The camera's limits. */
const [DARKEST, BRIGHTEST] = [0.05, 8];
/** The part of the correction that is applied at a time. The whole correction would oscillate. */
const GAIN = 0.6;

/**
 * A control loop: reads a frame, computes its histogram, and changes the exposure until the median has the wanted value.
 *
 * It asks for the next frame when the camera has acknowledged the new exposure, so the loop is as fast as the camera and
 * the wire allow, and evaluates no picture twice.
 */
export function exposure(camera: Camera): Observable<Round> {
  const config = camera.channel('config', json<Config>());
  const prepared = camera.stream({ raw: SIZE }).pipe(ignoreElements());
  const round = (present: number): Observable<Round> =>
    camera.readFrame().pipe(
      map((frame) => ({ median: median(frame), exposure: present })),
      map(({ median }) => ({ median, exposure: corrected(present, median) })),
      concatMap((next) => concat(config.write({ exposure: next.exposure }).pipe(ignoreElements()), of(next))),
    );
  const loop = config.read().pipe(
    switchMap(({ exposure: first }) => {
      let present = first;
      return defer(() => round(present)).pipe(
        map((done) => {
          present = done.exposure;
          return done;
        }),
        repeat(),
      );
    }),
  );
  return concat(prepared, loop);
}

function corrected(present: number, median: number): number {
  const wanted = present * (TARGET / Math.max(median, 1)) ** GAIN;
  return Math.min(Math.max(wanted, DARKEST), BRIGHTEST);
}

function median(frame: Frame): number {
  const counts = histogram({ width: frame.width, height: frame.height, data: toRgba(frame) });
  const values = counts.kind === 'grayscale' ? counts.gray : counts.green;
  let left = counts.pixels / 2;
  return values.findIndex((count) => (left -= count) < 0);
}
