import { filter, from, identity, map, mergeMap, Observable, take } from 'rxjs';
import { isObject } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import { keepLatest } from '../../signals/keep-latest.js';
import type { RecordSettings } from './record-options.js';

/** Frames that are pulled one by one, or pushed. */
export type FrameSource = AsyncIterable<Frame> | Observable<Frame>;

/** The recorder's side of a frame source. */
export interface FrameUse {
  /** Resolves when the next frame may follow. */
  readonly write: (frame: Frame) => Promise<void>;
  readonly dropped: (count: number) => void;
}

type Settings = Pick<RecordSettings, 'frames' | 'maxFrames' | 'maxQueuedBytes'>;

/**
 * Takes frames as the settings say. Emits after each written frame, and completes with the source or the last wanted frame.
 *
 * @param resumed subscribes to the source again after errors that do not end the recording
 */
export function takeFrames(
  source: FrameSource,
  settings: Settings,
  use: FrameUse,
  resumed: <T>(source: Observable<T>) => Observable<T> = identity,
): Observable<void> {
  const isDue = typeof settings.frames === 'object' ? sampling(settings.frames.everyMs) : () => true;
  if (Symbol.asyncIterator in source) {
    return resumed(pulled(source, isDue, use)).pipe(take(settings.maxFrames));
  }
  const checked$ = resumed(source).pipe(map(requireFrame));
  if (settings.frames === 'lossless' || settings.frames === 'queued') return queued(checked$, settings, use);
  let begun = 0;
  return checked$.pipe(
    map((frame, number) => ({ frame, number })),
    filter(({ frame }) => isDue(frame)),
    keepLatest(({ frame, number }) => {
      use.dropped(number - begun);
      begun = number + 1;
      return use.write(frame);
    }),
    take(settings.maxFrames),
  );
}

/** Pulls a frame after the last one is written, which slows the source down. `from()` would pull the next at once. */
function pulled(
  source: AsyncIterable<Frame>,
  isDue: (frame: Frame) => boolean,
  { write, dropped }: FrameUse,
): Observable<void> {
  return new Observable((subscriber) => {
    const iterator = source[Symbol.asyncIterator]();
    // The recording is over, so errors of a program's own iterator no longer matter.
    subscriber.add(() => void Promise.resolve(iterator.return?.()).catch(() => undefined));
    const isLeft = (): boolean => subscriber.closed;
    const run = async (): Promise<void> => {
      while (!isLeft()) {
        const { done, value } = (await iterator.next()) as IteratorResult<Frame, unknown>;
        if (done === true) subscriber.complete();
        if (done === true || isLeft()) return;
        if (isDue(requireFrame(value))) {
          await write(value);
          subscriber.next();
        } else dropped(1);
      }
    };
    run().catch((error: unknown) => subscriber.error(error));
  });
}

/** Writes each frame, in order. Beyond `maxQueuedBytes` of waiting frames it drops them with `'queued'`, and errors with `'lossless'`. */
function queued(source: Observable<Frame>, settings: Settings, { write, dropped }: FrameUse): Observable<void> {
  const { frames, maxFrames, maxQueuedBytes } = settings;
  let waiting = 0;
  const fits = ({ data }: Frame): boolean => {
    if (waiting === 0 || waiting + data.length <= maxQueuedBytes) return true;
    if (frames === 'lossless') {
      const words = `more than ${maxQueuedBytes} bytes of frames wait for the disk, which is slower than the source: raise maxQueuedBytes, drop frames with frames: 'queued' or 'latest', or pass an async iterable, which the disk slows down`;
      throw new OpenMVError('QUEUE_FULL', words);
    }
    dropped(1);
    return false;
  };
  return source.pipe(
    filter(fits),
    // Count frames before they wait: each accepted frame is written, whenever the recording ends.
    take(maxFrames),
    mergeMap((frame) => {
      waiting += frame.data.length;
      return from(write(frame).finally(() => (waiting -= frame.data.length)));
    }),
  );
}

/** Returns a function that is true for the first frame of each interval. */
function sampling(everyMs: number): (frame: Frame) => boolean {
  let nextAt = -Infinity;
  return ({ receivedAt }) => {
    if (receivedAt < nextAt) return false;
    // A fixed grid keeps the sample rate if frames are a little late.
    nextAt = nextAt + everyMs > receivedAt ? nextAt + everyMs : receivedAt + everyMs;
    return true;
  };
}

/** Checks frames of JavaScript programs, because the error of a codec would not name the cause. */
function requireFrame(frame: Frame): Frame {
  const { data, receivedAt, width, height, format }: Partial<Frame> = isObject(frame) ? frame : {};
  const numbers: readonly unknown[] = [receivedAt, width, height];
  if (data instanceof Uint8Array && typeof format === 'string' && numbers.every(Number.isFinite)) return frame;
  const words = 'a frame to record has width, height, format, data as a Uint8Array, and receivedAt in milliseconds';
  throw new OpenMVError('INVALID_ARGUMENT', words);
}
