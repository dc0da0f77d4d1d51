import { isBytes, requireArgument } from '../../arguments.js';
import { decodeUtf8, encodeUtf8 } from '../../wire/payloads/index.js';

/** JPEG markers: a comment, and the start of the picture data, where the search for segments ends. */
const COMMENT = 0xfe;
const START_OF_SCAN = 0xda;

/** Inserts a comment segment `frame N` at the start of a JPEG. */
export function withFrameNumber(jpeg: Uint8Array, index: number): Uint8Array {
  const text = encodeUtf8(`frame ${index}`);
  const segment = Uint8Array.of(0xff, COMMENT, 0, text.length + 2, ...text);
  const numbered = new Uint8Array(jpeg.length + segment.length);
  numbered.set(jpeg.subarray(0, 2));
  numbered.set(segment, 2);
  numbered.set(jpeg.subarray(2), 2 + segment.length);
  return numbered;
}

/**
 * Reads the frame number that a {@link VirtualCamera} writes into a JPEG; `undefined` if there is none.
 *
 * @example
 * ```ts
 * import { frameNumber } from 'openmv-rx/virtual';
 *
 * frameNumber(Uint8Array.of(0xff, 0xd8, 0xff, 0xfe, 0, 9, 102, 114, 97, 109, 101, 32, 55)); // 7
 * ```
 */
export function frameNumber(jpeg: Uint8Array): number | undefined {
  requireArgument(isBytes(jpeg), 'frameNumber takes the bytes of a JPEG', jpeg);
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== START_OF_SCAN;) {
    const end = at + 2 + (((jpeg[at + 2] ?? 0) << 8) | (jpeg[at + 3] ?? 0));
    const number = /^frame (\d+)$/.exec(jpeg[at + 1] === COMMENT ? decodeUtf8(jpeg.subarray(at + 4, end)) : '');
    if (number) return Number(number[1]);
    at = end;
  }
  return undefined;
}
