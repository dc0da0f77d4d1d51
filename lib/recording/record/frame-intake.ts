import { concatMap, defer, filter, from, map, repeat, retry, throwError, timer, type Observable } from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import type { Camera } from '../../host/camera.js';
import { keepLatest } from '../../operators/keep-latest.js';
import type { RecordSettings } from './record-options.js';

/** What becomes of the frames of a recording. */
export interface FrameUse {
  /** Resolves when the frame is written as far as the next may come. */
  readonly write: (frame: Frame) => Promise<void>;
  readonly dropped: (count: number) => void;
}

/** Takes frames as the settings say. Emits behind each that is written; errors where the camera is lost for good. */
export function demandedFrames(
  camera: Camera,
  { frames, scheduler }: Pick<RecordSettings, 'frames' | 'scheduler'>,
  { write, dropped }: FrameUse,
): Observable<void> {
  /** A frame that made no sense is left out; a camera that shows nothing is waited for. */
  const going = retry<Frame>({
    delay: (error: unknown) => {
      if (isOpenMVError(error, 'TIMEOUT')) return timer(0, scheduler);
      if (!isOpenMVError(error, 'MALFORMED') && !isOpenMVError(error, 'TOO_LARGE')) return throwError(() => error);
      dropped(1);
      return timer(0, scheduler);
    },
  });
  if (frames === 'lossless') {
    return defer(() => camera.readFrame()).pipe(
      going,
      concatMap((frame) => from(write(frame))),
      repeat(),
    );
  }
  const source = defer(() => camera.frames$).pipe(going);
  let begun = 0;
  const counted = source.pipe(map((frame, number) => ({ frame, number })));
  const isDue = typeof frames === 'object' ? sampling(frames.everyMs) : () => true;
  return counted.pipe(
    filter(({ frame }) => isDue(frame)),
    keepLatest(({ frame, number }) => {
      dropped(number - begun);
      begun = number + 1;
      return write(frame);
    }),
  );
}

/** Whether a frame is the first of its time. */
function sampling(everyMs: number): (frame: Frame) => boolean {
  let nextAt = -Infinity;
  return ({ receivedAt }) => {
    if (receivedAt < nextAt) return false;
    // On a grid, so that frames which come a little late do not make the samples fewer.
    nextAt = nextAt + everyMs > receivedAt ? nextAt + everyMs : receivedAt + everyMs;
    return true;
  };
}
