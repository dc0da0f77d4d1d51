import { distinctUntilChanged, type MonoTypeOperatorFunction } from 'rxjs';
import { oneByOne } from '../operators/one-by-one.js';
import { sameBytes } from '../wire/bytes.js';

/**
 * Drops a frame whose bytes equal those of the frame before. A camera sends such frames while its script shows a still picture.
 *
 * Compares all bytes of `data` and nothing else. The comparison stops at the first different byte, so only a repeat costs
 * the full time, about 0.5 ms per megabyte. All other frames pass in order. Completes and errors with the source. Holds the
 * last emitted frame, whose bytes must not be changed.
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
