import { encodeWords, layout, viewOf } from './layout.js';

/** The payload of a CHANNEL_READ, in bytes (PROTOCOL 3). */
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

/** The payload of a CHANNEL_WRITE (PROTOCOL 3). */
export interface WriteRequest {
  readonly offset: number;
  /** The length that the host states. */
  readonly length: number;
  /** The received bytes, a view of the payload. */
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

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than its head of 8 bytes. */
export function decodeWriteRequest(payload: Uint8Array<ArrayBuffer>): WriteRequest {
  const view = layout('a write request', payload, WRITE_HEAD_BYTES);
  return {
    offset: view.getUint32(0, true),
    length: view.getUint32(4, true),
    data: payload.subarray(WRITE_HEAD_BYTES),
  };
}

/** The payload of a CHANNEL_IOCTL (PROTOCOL 3). */
export interface IoctlRequest {
  readonly request: number;
  /** A view of the payload; empty without an argument. */
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

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than its head of 4 bytes. */
export function decodeIoctl(payload: Uint8Array<ArrayBuffer>): IoctlRequest {
  const view = layout('an ioctl', payload, IOCTL_HEAD_BYTES);
  return { request: view.getUint32(0, true), argument: payload.subarray(IOCTL_HEAD_BYTES) };
}

/** The events of channel 0 (PROTOCOL 6). */
export const SystemEvent = {
  CHANNEL_REGISTERED: 0,
  /** Today's firmware never sends it. */
  CHANNEL_UNREGISTERED: 1,
  SOFT_REBOOT: 2,
} as const;

/** The event that a channel has something to read. It has no payload. */
export const NOTIFY = 0xffff;

export function encodeEvent(event: number): Uint8Array<ArrayBuffer> {
  return event === NOTIFY ? new Uint8Array(0) : Uint8Array.of(event, event >>> 8);
}

/** @throws {OpenMVError} `MALFORMED` when the payload is one byte long. */
export function decodeEvent(payload: Uint8Array): number {
  return payload.length === 0 ? NOTIFY : layout('an event', payload, 2).getUint16(0, true);
}

/** The payload of a NAK (PROTOCOL 2). */
export function encodeStatus(status: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(status, status >>> 8);
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 2 bytes. */
export function decodeStatus(payload: Uint8Array): number {
  return layout('a status', payload, 2).getUint16(0, true);
}
