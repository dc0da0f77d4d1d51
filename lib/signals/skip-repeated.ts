import { distinctUntilChanged, type MonoTypeOperatorFunction } from 'rxjs';
import { oneByOne } from '../operators/one-by-one.js';
import { sameBytes } from '../wire/bytes.js';

/**
 * Drops frames whose bytes are those of the frame before, as a camera sends them whose script shows a still picture.
 *
 * Exact: the bytes are compared, and nothing else of the frame. What differs is found at the first byte that does, so
 * only a repeat costs a look at all of it, some 0.5 ms a megabyte. Everything else passes through in order. Completes and
 * errors with the source. Holds the last frame that was emitted, whose bytes must not be changed.
 *
 * @example
 * ```ts
 * import { skipRepeated, type Camera } from 'openmv-rx';
 *
 * const changes = (camera: Camera) => camera.frames$.pipe(skipRepeated());
 * ```
 */
export function skipRepeated<T extends { readonly data: Uint8Array }>(): MonoTypeOperatorFunction<T> {
  return (source) =>
    source.pipe(
      oneByOne(),
      distinctUntilChanged((before, now) => sameBytes(before.data, now.data)),
    );
}
