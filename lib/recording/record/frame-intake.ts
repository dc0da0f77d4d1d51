import { filter, from, identity, map, mergeMap, Observable, take } from 'rxjs';
import { isObject } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import { keepLatest } from '../../signals/keep-latest.js';
import type { RecordSettings } from './record-options.js';

/** Frames that are asked for one by one, or that come by themselves. */
export type FrameSource = AsyncIterable<Frame> | Observable<Frame>;

/** What becomes of the frames of a recording. */
export interface FrameUse {
  /** Resolves when the frame is written as far as the next may come. */
  readonly write: (frame: Frame) => Promise<void>;
  readonly dropped: (count: number) => void;
}

type Settings = Pick<RecordSettings, 'frames' | 'maxFrames' | 'maxQueuedBytes'>;

/**
 * Takes frames as the settings say. Emits behind each that is written, and completes with the source or the last frame that is wanted.
 *
 * @param resumed has the source begin again behind errors that do not end it
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

/** Asks for a frame when the last one is written, so its source is held back. `from()` asks for the next at once. */
function pulled(
  source: AsyncIterable<Frame>,
  isDue: (frame: Frame) => boolean,
  { write, dropped }: FrameUse,
): Observable<void> {
  return new Observable((subscriber) => {
    const iterator = source[Symbol.asyncIterator]();
    // What a program's own iterator makes of it is no error of the recording, which is over.
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

/** Writes each frame, in order. Those that wait for the disk are bounded: beyond that they are left out, or it is an error. */
function queued(source: Observable<Frame>, settings: Settings, { write, dropped }: FrameUse): Observable<void> {
  const { frames, maxFrames, maxQueuedBytes } = settings;
  let waiting = 0;
  const hasRoom = ({ data }: Frame): boolean => {
    if (waiting === 0 || waiting + data.length <= maxQueuedBytes) return true;
    if (frames === 'lossless') {
      const words = `more than ${maxQueuedBytes} bytes of frames wait for the disk, which is slower than they come: raise maxQueuedBytes, have frames: 'queued' or 'latest' leave some out, or give them as an async iterable, which is held back`;
      throw new OpenMVError('QUEUE_FULL', words);
    }
    dropped(1);
    return false;
  };
  return source.pipe(
    filter(hasRoom),
    // Before they wait: what was taken is written, whenever the recording ends.
    take(maxFrames),
    mergeMap((frame) => {
      waiting += frame.data.length;
      return from(write(frame).finally(() => (waiting -= frame.data.length)));
    }),
  );
}

/** Tells whether a frame is the first of its time. */
function sampling(everyMs: number): (frame: Frame) => boolean {
  let nextAt = -Infinity;
  return ({ receivedAt }) => {
    if (receivedAt < nextAt) return false;
    // On a grid, so that frames which come a little late do not make the samples fewer.
    nextAt = nextAt + everyMs > receivedAt ? nextAt + everyMs : receivedAt + everyMs;
    return true;
  };
}

/** Types don't hold in JavaScript, and an error of a codec would not say what was wrong. */
function requireFrame(frame: Frame): Frame {
  const { data, receivedAt, width, height, format }: Partial<Frame> = isObject(frame) ? frame : {};
  const numbers: readonly unknown[] = [receivedAt, width, height];
  if (data instanceof Uint8Array && typeof format === 'string' && numbers.every(Number.isFinite)) return frame;
  const words = 'a frame to record has width, height, format, data as a Uint8Array, and receivedAt in milliseconds';
  throw new OpenMVError('INVALID_ARGUMENT', words);
}
