import { filter, map, mergeMap, timestamp, type Observable } from 'rxjs';
import { cameraClock, monotonicScheduler, pairByTime, structs, type Camera } from 'openmv-rx';
import { imuLayout } from 'openmv-rx/virtual';

/** How the camera was held when it took a frame. */
export interface HeldFrame {
  readonly frame: number;
  /** Degrees against the vertical. */
  readonly tilt: number;
  /** How much later the motion was measured than the frame arrived, in milliseconds. */
  readonly differenceMs: number;
}

/** A frame is some milliseconds old when it arrives, a measurement was made at most every 1000 / 208 ms. */
const TOLERANCE_MS = 20;

/**
 * Two channels joined by time: each frame with the measurement of the motion sensor that is nearest to it.
 *
 * Many measurements come in one reading of the channel, so when they arrived says little. Their own time stamps are
 * the camera's; `cameraClock` puts them on the host's time, which is that of the frames.
 */
export function join(camera: Camera): Observable<HeldFrame> {
  const measurements$ = camera.channel('imu', structs(imuLayout)).value$.pipe(
    timestamp(monotonicScheduler),
    mergeMap(({ value, timestamp }) => value.map((measurement) => ({ measurement, receivedAt: timestamp }))),
    cameraClock({ cameraUs: ({ measurement }) => Number(measurement.timestampUs), wrapsAt: Number.MAX_SAFE_INTEGER }),
  );
  return pairByTime(camera.frames$, measurements$, {
    toleranceMs: TOLERANCE_MS,
    timeOfB: ({ sentAt }) => sentAt,
    // A reading brings the measurements of 40 ms at once.
    latenessMs: 100,
    maxWaiting: 512,
  }).pipe(
    filter((match) => match.kind === 'pair'),
    map(({ a, b, differenceMs }) => ({ frame: a.index, tilt: tilt(b.item.measurement.acceleration), differenceMs })),
  );
}

function tilt({ x, y, z }: { readonly x: number; readonly y: number; readonly z: number }): number {
  return (Math.atan2(Math.hypot(x, y), z) * 180) / Math.PI;
}
