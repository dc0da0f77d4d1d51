import type { Observable, Subscription } from 'rxjs';
import type { Frame } from '../../frames/frame.js';
import { Iteration } from '../../signals/iterate.js';
import type { FrameFeed } from './frame-feed.js';

/** Options of `camera.readFrames()`. */
export interface ReadFramesOptions {
  /**
   * Gives the loop every frame that the camera publishes, even if other subscribers read frames of the same `Camera`: they get frames at the speed of
   * the loop. Default `false`: other subscribers are not slowed down, and the loop misses the frames that they read while its body runs.
   */
  readonly lossless?: boolean;
}

/**
 * The frames for a loop, each read when the loop asks for it.
 *
 * @param one$ reads one frame. If it completes without a frame, the loop ends.
 */
export function readFrames(feed: FrameFeed, one$: Observable<Frame>, lossless: boolean): AsyncIterable<Frame> {
  return {
    [Symbol.asyncIterator]: () => {
      let hold: Subscription | undefined;
      let pause: Subscription | undefined;
      let isReading = false;
      const read = (iteration: Iteration<Frame>): void => {
        if (isReading) return;
        isReading = true;
        if (hold === undefined) iteration.work.add((hold = feed.hold()));
        const reading = one$.subscribe({
          next: (frame) => {
            isReading = false;
            if (lossless) iteration.work.add((pause = feed.pause()));
            iteration.push(frame);
          },
          error: (error: unknown) => iteration.fail(error),
          complete: () => {
            if (isReading) iteration.complete();
            else if (iteration.isAsked) read(iteration);
          },
        });
        iteration.work.add(reading);
        // After the subscription, which needs the frame that is read now.
        pause?.unsubscribe();
      };
      return new Iteration(read);
    },
  };
}
