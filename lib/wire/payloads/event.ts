import { layout } from './layout.js';

/** The events of channel 0 (PROTOCOL 6). */
export const SystemEvent = {
  CHANNEL_REGISTERED: 0,
  /** Never sent today. */
  CHANNEL_UNREGISTERED: 1,
  SOFT_REBOOT: 2,
} as const;

/** The event of a channel that says nothing but "look": it has no payload. */
export const NOTIFY = 0xffff;

export function encodeEvent(event: number): Uint8Array<ArrayBuffer> {
  return event === NOTIFY ? new Uint8Array(0) : Uint8Array.of(event, event >>> 8);
}

/** @throws {OpenMVError} `MALFORMED` when the payload is one byte long. */
export function decodeEvent(payload: Uint8Array): number {
  return payload.length === 0 ? NOTIFY : layout('an event', payload, 2).getUint16(0, true);
}
