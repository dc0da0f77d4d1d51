import { layout } from './layout.js';
import { encodeWords } from './words.js';

/** What a CHANNEL_READ asks for, in bytes (PROTOCOL 3). */
export interface ReadRequest {
  readonly offset: number;
  readonly length: number;
}

/** Bytes of a {@link ReadRequest} on the wire. */
export const READ_REQUEST_BYTES = 8;

export function encodeReadRequest(offset: number, length: number): Uint8Array<ArrayBuffer> {
  return encodeWords(offset, length);
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 8 bytes. */
export function decodeReadRequest(payload: Uint8Array): ReadRequest {
  const view = layout('a read request', payload, READ_REQUEST_BYTES);
  return { offset: view.getUint32(0, true), length: view.getUint32(4, true) };
}
