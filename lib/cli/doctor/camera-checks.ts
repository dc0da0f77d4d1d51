import {
  catchError,
  concat,
  defer,
  EMPTY,
  map,
  type Observable,
  of,
  switchMap,
  take,
  throwError,
  timeInterval,
  timeout,
  toArray,
} from 'rxjs';
import { versionText } from '../../wire/payloads/index.js';
import { isOpenMVError, messageOf } from '../../errors.js';
import { type Camera, type CameraInfo, monotonicScheduler } from '../../index.js';
import { repeats, roundTrips, streamKept, percentile } from '../bench/measurements.js';
import { adviceFor } from '../output/failure.js';
import { type Check, failed, ok, warning } from './check.js';

const ROUND_TRIPS_MS = 300;
const FRAMES = 3;
const FRAME_TIMEOUT_MS = 5000;
const NO_FRAME = warning('frame', 'no frame arrived', 'start a script that captures frames: openmv-rx run SCRIPT');
/** If half of the answers take longer than this, the camera is busy or the connection is slow. */
const SLOW_MS = 50;
const NOT_THERE = 'check that it is plugged in or can be reached, and that no other program uses it';
const PLUG_IN_AGAIN = 'unplug the camera, wait a moment and plug it in again';
/** A message that names an option contains its own advice. */
const ADVISES = / --(port|tcp)\b/;

/**
 * Checks a camera, step by step. Never errors: a problem of the camera is a failed check. Afterwards the
 * stream is on or off as before.
 */
export function cameraChecks(
  camera: Camera,
  onInfo: (info: CameraInfo) => void,
  frameTimeoutMs = FRAME_TIMEOUT_MS,
): Observable<Check> {
  return concat(
    timed(camera.info()).pipe(
      switchMap(([info, ms]) => {
        onInfo(info);
        return of(ok('camera', `${info.board}, opened in ${ms.toFixed(0)} ms`), firmware(info));
      }),
    ),
    roundTrip(camera),
    frames(camera, frameTimeoutMs),
    link(camera),
  ).pipe(catchError((error: unknown) => of(failedCamera(error))));
}

/** The check of a camera that can't be reached. */
export function failedCamera(error: unknown): Check {
  const check = isOpenMVError(error, 'UNSUPPORTED_FIRMWARE') ? 'firmware' : 'camera';
  const message = messageOf(error);
  if (!isOpenMVError(error)) return failed(check, message, PLUG_IN_AGAIN);
  if (error.code !== 'PORT_UNAVAILABLE') return failed(check, message, adviceFor(error) ?? PLUG_IN_AGAIN);
  return failed(check, message, ADVISES.test(message) ? undefined : NOT_THERE);
}

/** Older firmware than 5.0.0 does not get here: the opening fails with its version. */
function firmware({ versions }: CameraInfo): Check {
  const words = `${versionText(versions.firmware)}, protocol ${versionText(versions.protocol)}`;
  return ok('firmware', words);
}

function roundTrip(camera: Camera): Observable<Check> {
  return roundTrips(camera, ROUND_TRIPS_MS).pipe(
    map((measured) => {
      if (measured.measured !== 'round trips' || measured.p50Milliseconds === undefined) {
        return warning(
          'round trip',
          `none within ${ROUND_TRIPS_MS} ms`,
          'stop the script that keeps the camera busy: openmv-rx stop',
        );
      }
      const { p50Milliseconds, p99Milliseconds } = measured;
      const words = `${p50Milliseconds} ms, 99 of 100 within ${p99Milliseconds} ms`;
      return p50Milliseconds < SLOW_MS
        ? ok('round trip', words)
        : warning(
            'round trip',
            words,
            'check whether a script keeps the camera busy (openmv-rx stop), or a hub or the Wi-Fi is slow',
          );
    }),
  );
}

function frames(camera: Camera, timeoutMs: number): Observable<Check> {
  const frames$ = camera.frames$.pipe(take(FRAMES), timeout({ each: timeoutMs, with: () => EMPTY }));
  return concat(streamKept(camera), frames$.pipe(timeInterval(monotonicScheduler))).pipe(
    toArray(),
    map((all) => {
      const [first] = all;
      if (first === undefined) return NO_FRAME;
      const { width, height, format } = first.value;
      if (all.length < FRAMES) {
        return warning(
          'frame',
          `only ${all.length} of ${FRAMES} arrived, and none in the last ${timeoutMs} ms`,
          'check that the script keeps capturing frames: openmv-rx run SCRIPT',
        );
      }
      const intervals = all.map(({ interval }) => interval);
      return ok('frame', `${width}x${height} ${format}, in ${percentile(intervals, 0.5).toFixed(0)} ms`);
    }),
    catchError((error: unknown) => (isOpenMVError(error, 'NO_SUCH_CHANNEL') ? of(NO_FRAME) : throwError(() => error))),
  );
}

function link(camera: Camera): Observable<Check> {
  return repeats(camera).pipe(
    take(1),
    switchMap((found) => {
      if (found.measured !== 'link') return EMPTY;
      const { rejected, repeatedCommands, receivedRepeats } = found;
      const again = repeatedCommands + receivedRepeats;
      const words = `${found.receivedPackets} packets received, ${again} repeated, ${rejected} rejected`;
      return of(
        rejected + again === 0
          ? ok('link', words)
          : warning('link', words, 'try another cable or USB port, without a hub'),
      );
    }),
  );
}

/** Emits each value of a command with the milliseconds it took. */
function timed<T>(command: Observable<T>): Observable<readonly [value: T, ms: number]> {
  return defer(() => {
    const begun = performance.now();
    return command.pipe(map((value) => [value, performance.now() - begun] as const));
  });
}
