import { preroll, type Camera, type Frame } from 'openmv-rx';
import { record, type RecordingProgress, type RecordOptions } from 'openmv-rx/recording';
import { delay, filter, pairwise, take, takeUntil, type Observable } from 'rxjs';

/** The recorded times before and after the beginning of the motion, in milliseconds. */
const BEFORE_MS = 2000;
const AFTER_MS = 3000;
/** The change of a JPEG's size, in bytes, that counts as motion. */
const MOVED_BYTES = 1000;

/** Emits when something moves. */
export function motionIn(frames$: Observable<Frame>): Observable<unknown> {
  return frames$.pipe(
    pairwise(),
    filter(([before, now]) => Math.abs(now.data.length - before.data.length) > MOVED_BYTES),
  );
}

/**
 * Records one clip, from two seconds before something moves until three seconds after. Append `repeat()` to record the next motion, too.
 *
 * It holds two seconds of frames, and up to `maxQueuedBytes` more if the disk is slow.
 */
export function recordMotion(camera: Camera, options: RecordOptions): Observable<RecordingProgress> {
  const motion$ = motionIn(camera.frames$).pipe(take(1));
  const frames = camera.frames$.pipe(
    preroll(motion$, { ms: BEFORE_MS }),
    takeUntil(motion$.pipe(delay(AFTER_MS, options.scheduler))),
  );
  return record({ frames, info: camera.info() }, options);
}
