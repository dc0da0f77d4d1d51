import type { Observable, Subscription } from 'rxjs';
import type { Frame } from '../../frames/frame.js';
import { Iteration } from '../../signals/iterate.js';
import type { FrameFeed } from './frame-feed.js';

/** Options of `camera.readFrames()`. */
export interface ReadFramesOptions {
  /**
   * Gives the loop each frame that the camera publishes, even while others read frames of the same `Camera`: they then get
   * frames no faster than the loop does. Default `false`: others are not held back, and the loop misses what they read meanwhile.
   */
  readonly lossless?: boolean;
}

/**
 * Frames for a loop that reads the next one when it asks for it.
 *
 * @param one$ takes one frame; the loop ends where it completes without one
 */
export function readFrames(feed: FrameFeed, one$: Observable<Frame>, lossless: boolean): AsyncIterable<Frame> {
  return {
    [Symbol.asyncIterator]: () => {
      let watch: Subscription | undefined;
      let pause: Subscription | undefined;
      let isReading = false;
      const read = (iteration: Iteration<Frame>): void => {
        if (isReading) return;
        isReading = true;
        if (watch === undefined) iteration.work.add((watch = feed.watch()));
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
        // Behind the subscription, which is to get the frame that comes now.
        pause?.unsubscribe();
      };
      return new Iteration(read);
    },
  };
}
