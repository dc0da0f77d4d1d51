import { layout, viewOf } from './layout.js';

/** What a CHANNEL_IOCTL asks for (PROTOCOL 3). */
export interface IoctlRequest {
  readonly request: number;
  /** Empty when there is none; a view of the payload. */
  readonly argument: Uint8Array<ArrayBuffer>;
}

/** Bytes of a CHANNEL_IOCTL before its argument. */
export const IOCTL_HEAD_BYTES = 4;

export function encodeIoctl(request: number, argument: Uint8Array = NO_ARGUMENT): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(IOCTL_HEAD_BYTES + argument.length);
  viewOf(bytes).setUint32(0, request, true);
  bytes.set(argument, IOCTL_HEAD_BYTES);
  return bytes;
}

const NO_ARGUMENT = new Uint8Array(0);

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than its 4 bytes of head. */
export function decodeIoctl(payload: Uint8Array<ArrayBuffer>): IoctlRequest {
  const view = layout('an ioctl', payload, IOCTL_HEAD_BYTES);
  return { request: view.getUint32(0, true), argument: payload.subarray(IOCTL_HEAD_BYTES) };
}
