import type { DeviceStatistics } from '../wire/payloads/index.js';

/** Counts for the life of a device: neither a SYNC nor a soft reboot clears them. */
export type Counters = { -readonly [Name in keyof DeviceStatistics]: number };

export function zeroCounters(): Counters {
  return {
    sentPackets: 0,
    receivedPackets: 0,
    checksumErrors: 0,
    sequenceErrors: 0,
    retransmits: 0,
    transportErrors: 0,
    sentEvents: 0,
  };
}
