import { filter, map, mergeMap, timestamp, type Observable } from 'rxjs';
import { cameraClock, monotonicScheduler, pairByTime, structs, type Camera } from 'openmv-rx';
import { imuLayout } from 'openmv-rx/virtual';

/** The camera's tilt when it took a frame. */
export interface HeldFrame {
  readonly frame: number;
  /** The angle to the vertical, in degrees. */
  readonly tilt: number;
  /** The time of the measurement minus the frame's arrival, in milliseconds. */
  readonly differenceMs: number;
}

/** A frame is some milliseconds old when it arrives, and the sensor measures every 1000 / 208 ms. */
const TOLERANCE_MS = 20;

/**
 * Pairs each frame with the motion sensor's measurement that is nearest in time.
 *
 * One reading of the channel contains many measurements, so their arrival says little. Their time stamps come from the
 * camera's clock, and `cameraClock` converts them to the host's clock, which the frames use.
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
    // One reading contains the measurements of 40 ms.
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
