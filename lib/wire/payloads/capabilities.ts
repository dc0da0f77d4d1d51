import { layout, viewOf } from './layout.js';

/** The capabilities that one end offers, or both have negotiated (PROTOCOL 3, "caps"). */
export interface Capabilities {
  /** Whether CRCs are filled and checked. */
  readonly crc: boolean;
  /** True if sequence numbers are checked. */
  readonly seq: boolean;
  /** True if the camera waits for acknowledgements of its data, and repeats data that was not acknowledged. */
  readonly ack: boolean;
  /** True if the camera sends events. */
  readonly events: boolean;
  /** The largest payload of a packet, in bytes. */
  readonly maxPayload: number;
}

/** Bytes of {@link Capabilities} on the wire. */
export const CAPABILITIES_BYTES = 16;

export function encodeCapabilities(caps: Capabilities): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CAPABILITIES_BYTES);
  const view = viewOf(bytes);
  view.setUint32(
    0,
    Number(caps.crc) | (Number(caps.seq) << 1) | (Number(caps.ack) << 2) | (Number(caps.events) << 3),
    true,
  );
  view.setUint16(4, caps.maxPayload, true);
  return bytes;
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 16 bytes. */
export function decodeCapabilities(payload: Uint8Array): Capabilities {
  const view = layout('capabilities', payload, CAPABILITIES_BYTES);
  const flags = view.getUint32(0, true);
  return {
    crc: (flags & 1) !== 0,
    seq: (flags & 2) !== 0,
    ack: (flags & 4) !== 0,
    events: (flags & 8) !== 0,
    maxPayload: view.getUint16(4, true),
  };
}
