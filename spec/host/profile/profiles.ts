import type { ProfileRecord } from '../../../lib/wire/payloads/profile.js';

/** A record of a function at `address`; what a spec does not say is small. */
export function record(address: number, rest: Partial<ProfileRecord> = {}): ProfileRecord {
  return {
    address,
    caller: 0,
    calls: 1,
    minTicks: 1,
    maxTicks: 1,
    totalTicks: 1,
    totalCycles: 1,
    events: [],
    ...rest,
  };
}
