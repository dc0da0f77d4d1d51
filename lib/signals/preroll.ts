import { from, Observable, take, type MonoTypeOperatorFunction, type ObservableInput, type Timestamp } from 'rxjs';
import { isObject, requireArgument, requireOptions, shown, type OptionNames, positive } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { inTurn } from '../operators/in-turn.js';
import { untilGone } from '../operators/until-gone.js';

/** Limits of what `preroll` keeps. At least one is required. */
export interface PrerollOptions {
  /** Keeps values up to this many milliseconds older than the newest. */
  readonly ms?: number;
  /** Keeps the newest values up to this many bytes. The newest value itself is always kept. */
  readonly bytes?: number;
}

/** A value that `preroll` can keep: a frame, or another value with a time. `timestamp()` of RxJS adds one. */
export type Prerolled = { readonly receivedAt: number; readonly data?: Uint8Array } | Timestamp<unknown>;

/**
 * Keeps the last values until a trigger fires, then emits them and everything that follows. A recording of a motion then also
 * shows the seconds before it.
 *
 * Emits nothing until `trigger$` emits. Later emissions of the trigger have no effect; `repeat()` waits for the next one. Values
 * are emitted unchanged, in order, with their own times. Completes and errors with the source; errors with the trigger, and with
 * `INVALID_ARGUMENT` at a value without a time. Subscribes to the trigger first, so a trigger made from the same frames fires
 * before the frame that causes it.
 *
 * Until the trigger fires, it holds the values whose `receivedAt` or `timestamp` is within `ms` of the newest one, up to `bytes`
 * bytes: the `data` of frames, and bytes and texts with a `timestamp`. Older values are dropped when the next one arrives. With
 * `ms` alone, the amount of data that arrives in that time bounds the memory. Holds nothing after the trigger.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when no limit is given, and for a limit that is not above 0.
 *
 * @example
 * ```ts
 * import { delay, filter, pairwise, takeUntil } from 'rxjs';
 * import { preroll, type Camera } from 'openmv-rx';
 *
 * // Two seconds before something moves, and three seconds after.
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
  requireArgument(isTrigger, 'preroll takes an Observable as its trigger', trigger$);
  const { ms, bytes } = options;
  const hasLimit = ms !== undefined || bytes !== undefined;
  requireArgument(hasLimit, 'preroll needs a limit: { ms }, { bytes } or both', options);
  const maxMs = positive('ms of preroll', ms, Infinity);
  const maxBytes = positive('bytes of preroll', bytes, Infinity);

  return (source) =>
    new Observable((subscriber) => {
      const kept = new PrerollBuffer<T>(maxMs, maxBytes);
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

/** The newest values within the limits. */
class PrerollBuffer<T extends Prerolled> {
  readonly #maxMs: number;
  readonly #maxBytes: number;
  #values: T[] = [];
  #bytes = 0;

  constructor(maxMs: number, maxBytes: number) {
    this.#maxMs = maxMs;
    this.#maxBytes = maxBytes;
  }

  add(value: T): void {
    this.#values.push(value);
    this.#bytes += bytesOf(value);
    const oldest = timeOf(value) - this.#maxMs;
    let [first] = this.#values;
    while (first !== undefined && first !== value && (timeOf(first) < oldest || this.#bytes > this.#maxBytes)) {
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

/** Checks what types can't check in JavaScript: a value without a time would be kept for ever. */
function hasTime(value: unknown): boolean {
  return isObject(value) && Number.isFinite(timeOf(value as Prerolled));
}

function withoutTime(value: unknown): OpenMVError {
  const words =
    'preroll takes values with receivedAt or timestamp in milliseconds, such as frames or the values of timestamp()';
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
