import { layout, viewOf } from './layout.js';

/** What a CHANNEL_WRITE brings (PROTOCOL 3). */
export interface WriteRequest {
  readonly offset: number;
  /** As the host stated it. */
  readonly length: number;
  /** The bytes that came: a view of the payload. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Bytes of a CHANNEL_WRITE before its data. */
export const WRITE_HEAD_BYTES = 8;

export function encodeWriteRequest(offset: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(WRITE_HEAD_BYTES + data.length);
  const view = viewOf(bytes);
  view.setUint32(0, offset, true);
  view.setUint32(4, data.length, true);
  bytes.set(data, WRITE_HEAD_BYTES);
  return bytes;
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than its 8 bytes of head. */
export function decodeWriteRequest(payload: Uint8Array<ArrayBuffer>): WriteRequest {
  const view = layout('a write request', payload, WRITE_HEAD_BYTES);
  return {
    offset: view.getUint32(0, true),
    length: view.getUint32(4, true),
    data: payload.subarray(WRITE_HEAD_BYTES),
  };
}
