import { layout } from './layout.js';

/** The payload of a NAK (PROTOCOL 2). */
export function encodeStatus(status: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(status, status >>> 8);
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 2 bytes. */
export function decodeStatus(payload: Uint8Array): number {
  return layout('a status', payload, 2).getUint16(0, true);
}
