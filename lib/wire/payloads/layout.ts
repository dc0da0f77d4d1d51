import { OpenMVError } from '../../errors.js';

/** A view of a payload of at least `size` bytes: firmware that appends fields is still understood. */
export function layout(what: string, payload: Uint8Array, size: number): DataView {
  if (payload.length < size)
    throw new OpenMVError('MALFORMED', `${what} takes ${size} bytes, these are ${payload.length}`);
  return viewOf(payload);
}

/** The bytes of an array as numbers, without a copy. */
export function viewOf<B extends ArrayBufferLike>(bytes: Uint8Array<B>): DataView<B> {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
