import { preroll, type Camera, type Frame } from 'openmv-rx';
import { record, type RecordingProgress, type RecordOptions } from 'openmv-rx/recording';
import { delay, filter, pairwise, take, takeUntil, type Observable } from 'rxjs';

/** How much is recorded before something moves, and from then on. */
const BEFORE_MS = 2000;
const AFTER_MS = 3000;
/** By how many bytes the size of a JPEG changes when something moves. */
const MOVED_BYTES = 1000;

/** Emits when something moves. */
export function motionIn(frames$: Observable<Frame>): Observable<unknown> {
  return frames$.pipe(
    pairwise(),
    filter(([before, now]) => Math.abs(now.data.length - before.data.length) > MOVED_BYTES),
  );
}

/**
 * Records one clip: two seconds before something moves, and three seconds from then on. `repeat()` behind it waits for the next motion.
 *
 * Until then it holds two seconds of frames, and a slow disk has room for `maxQueuedBytes` more.
 */
export function recordMotion(camera: Camera, options: RecordOptions): Observable<RecordingProgress> {
  const motion$ = motionIn(camera.frames$).pipe(take(1));
  const frames = camera.frames$.pipe(
    preroll(motion$, { ms: BEFORE_MS }),
    takeUntil(motion$.pipe(delay(AFTER_MS, options.scheduler))),
  );
  return record({ frames, info: camera.info() }, options);
}
