/**
 * What a READ asks for, or nothing when it reaches past the end: then it is refused with FAILED, as by the channels of
 * the firmware itself.
 */
export function range(bytes: Uint8Array, offset: number, size: number): Uint8Array {
  return offset + size > bytes.length ? NO_BYTES : bytes.subarray(offset, offset + size);
}

const NO_BYTES = new Uint8Array(0);
