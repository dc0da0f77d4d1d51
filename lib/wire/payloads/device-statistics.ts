import { encodeWords, layout } from './layout.js';

/** The camera's counters since it started (PROTOCOL 3, "stats"). */
export interface DeviceStatistics {
  readonly sentPackets: number;
  readonly receivedPackets: number;
  readonly checksumErrors: number;
  readonly sequenceErrors: number;
  readonly retransmits: number;
  readonly transportErrors: number;
  readonly sentEvents: number;
}

/** Bytes of {@link DeviceStatistics} on the wire. */
export const DEVICE_STATISTICS_BYTES = 32;

export function encodeDeviceStatistics(statistics: DeviceStatistics): Uint8Array<ArrayBuffer> {
  const { sentPackets, receivedPackets, checksumErrors, sequenceErrors } = statistics;
  const { retransmits, transportErrors, sentEvents } = statistics;
  return encodeWords(
    sentPackets,
    receivedPackets,
    checksumErrors,
    sequenceErrors,
    retransmits,
    transportErrors,
    sentEvents,
    0,
  );
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 32 bytes. */
export function decodeDeviceStatistics(payload: Uint8Array): DeviceStatistics {
  const view = layout('device statistics', payload, DEVICE_STATISTICS_BYTES);
  const word = (index: number) => view.getUint32(4 * index, true);
  return {
    sentPackets: word(0),
    receivedPackets: word(1),
    checksumErrors: word(2),
    sequenceErrors: word(3),
    retransmits: word(4),
    transportErrors: word(5),
    sentEvents: word(6),
  };
}
