import { from, Observable, take, type MonoTypeOperatorFunction, type ObservableInput, type Timestamp } from 'rxjs';
import { isObject, requireArgument, requireOptions, shown, type OptionNames } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { inTurn } from '../operators/in-turn.js';
import { untilGone } from '../operators/until-gone.js';

/** Limits of what `preroll` keeps; at least one is given. */
export interface PrerollOptions {
  /** The values whose times lie at most so many milliseconds before that of the newest. */
  readonly ms?: number;
  /** No more than so many bytes, of the newest values. The newest value itself is always kept. */
  readonly bytes?: number;
}

/** A value that `preroll` can keep: a frame, or anything else with a time. `timestamp()` of RxJS gives one to other values. */
export type Prerolled = { readonly receivedAt: number; readonly data?: Uint8Array } | Timestamp<unknown>;

/**
 * Keeps the last values until a trigger fires, then emits those, and everything that follows: what happened before the motion is
 * part of the picture.
 *
 * Emits nothing before `trigger$` emits, or if it never does; later emissions of the trigger change nothing, and `repeat()` waits for the
 * next. Values come out as they are, in order, with their own times. Completes and errors with the source; errors with the trigger, and
 * with `INVALID_ARGUMENT` at a value without a time.
 * Subscribes to the trigger first, so that a trigger of the same frames comes before the frame that fires it.
 *
 * Holds, until the trigger fires, the values whose `receivedAt` or `timestamp` lies within `ms` of the newest one's, and no more than
 * `bytes` of them: of `data` of frames, of bytes and texts with a `timestamp`. Older ones are dropped when the next comes, so with `ms` alone
 * memory is bounded by what comes in that time. Holds nothing afterwards.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when neither is given, and for one that is not above 0.
 *
 * @example
 * ```ts
 * import { delay, filter, pairwise, takeUntil } from 'rxjs';
 * import { preroll, type Camera } from 'openmv-rx';
 *
 * // Two seconds before something moves, and three seconds from then on.
 * const clip = (camera: Camera) => {
 *   const motion$ = camera.frames$.pipe(
 *     pairwise(),
 *     filter(([before, now]) => Math.abs(now.data.length - before.data.length) > 1000),
 *   );
 *   return camera.frames$.pipe(preroll(motion$, { ms: 2000 }), takeUntil(motion$.pipe(delay(3000))));
 * };
 * ```
 */
export function preroll<T extends Prerolled>(
  trigger$: ObservableInput<unknown>,
  options: PrerollOptions,
): MonoTypeOperatorFunction<T> {
  requireOptions('preroll', options, KNOWN);
  const isTrigger = isObject(trigger$) || typeof trigger$ === 'function';
  requireArgument(isTrigger, 'preroll takes an Observable that fires as its trigger', trigger$);
  const { ms, bytes } = options;
  if (ms === undefined && bytes === undefined) {
    throw new OpenMVError('INVALID_ARGUMENT', 'preroll needs a limit: { ms }, { bytes } or both');
  }
  for (const [name, value] of Object.entries({ ms, bytes })) {
    if (value === undefined || (typeof value === 'number' && value > 0)) continue;
    throw new OpenMVError('INVALID_ARGUMENT', `${name} of preroll must be a number above 0, not ${String(value)}`);
  }
  return (source) =>
    new Observable((subscriber) => {
      const kept = new Kept<T>(ms ?? Infinity, bytes ?? Infinity);
      const turn = inTurn<() => void>((work) => work());
      let isOpen = false;
      const fail = (error: unknown): void => turn(() => subscriber.error(error));
      const open = (): void => {
        isOpen = true;
        for (const value of kept.takeAll()) subscriber.next(value);
      };
      from(trigger$)
        .pipe(take(1), untilGone(subscriber))
        .subscribe({ next: () => turn(open), error: fail });
      source.pipe(untilGone(subscriber)).subscribe({
        next: (value) =>
          turn(() => {
            if (isOpen) subscriber.next(value);
            else if (hasTime(value)) kept.add(value);
            else subscriber.error(withoutTime(value));
          }),
        error: fail,
        complete: () => turn(() => subscriber.complete()),
      });
    });
}

/** The newest values, within the limits. */
class Kept<T extends Prerolled> {
  #values: T[] = [];
  #bytes = 0;

  constructor(
    private readonly ms: number,
    private readonly bytes: number,
  ) {}

  add(value: T): void {
    this.#values.push(value);
    this.#bytes += bytesOf(value);
    const oldest = timeOf(value) - this.ms;
    let [first] = this.#values;
    while (first !== undefined && first !== value && (timeOf(first) < oldest || this.#bytes > this.bytes)) {
      this.#bytes -= bytesOf(first);
      this.#values.shift();
      [first] = this.#values;
    }
  }

  takeAll(): readonly T[] {
    const values = this.#values;
    this.#values = [];
    this.#bytes = 0;
    return values;
  }
}

/** Types do not hold in JavaScript, and a value without a time would be kept for ever. */
function hasTime(value: unknown): boolean {
  return isObject(value) && Number.isFinite(timeOf(value as Prerolled));
}

function withoutTime(value: unknown): OpenMVError {
  const words =
    'preroll keeps values with receivedAt or timestamp in milliseconds, as frames have and timestamp() gives';
  return new OpenMVError('INVALID_ARGUMENT', `${words}, not ${shown(value)}`);
}

function timeOf(value: Prerolled): number {
  return 'receivedAt' in value ? value.receivedAt : value.timestamp;
}

function bytesOf(value: Prerolled): number {
  const held = 'receivedAt' in value ? value.data : value.value;
  return typeof held === 'string' || held instanceof Uint8Array ? held.length : 0;
}

const KNOWN: OptionNames<PrerollOptions> = { ms: true, bytes: true };
