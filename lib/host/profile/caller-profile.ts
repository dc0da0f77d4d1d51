import { requireArgument } from '../../arguments.js';
import type { ProfileRecord } from '../../wire/payloads/profile.js';
import type { FirmwareSymbols } from './firmware-symbols.js';
import { flatProfile, functionAt, type ProfiledFunction } from './flat-profile.js';

/** What a function has called. */
export interface ProfiledCaller {
  /** Of the function that the calls came from; of the place of the call where the symbols do not know it. */
  readonly name: string;
  readonly address: number;
  /** Of the functions it called, in µs. */
  readonly totalTicks: number;
  /** Those that it called, that with the most time first. */
  readonly called: readonly ProfiledFunction[];
}

/**
 * A profile by caller: which function the others were called from, that whose calls took the most time first.
 *
 * The camera remembers of each function where it was called from last, and counts all its calls together. So a function
 * that is called from several places stands below one of them, with all its time.
 *
 * @param symbols make functions of the places of the calls; without them each place stands for itself
 */
export function callerProfile(records: readonly ProfileRecord[], symbols?: FirmwareSymbols): ProfiledCaller[] {
  requireArgument(Array.isArray(records), 'callerProfile takes the records of a profile', records);
  const callers = new Map<number, { readonly name: string; readonly records: ProfileRecord[] }>();
  for (const record of records) {
    const { name, address } = functionAt(record.caller, symbols);
    const known = callers.get(address);
    if (known === undefined) callers.set(address, { name, records: [record] });
    else known.records.push(record);
  }
  return [...callers]
    .map(([address, { name, records: calls }]) => {
      const called = flatProfile(calls, symbols);
      return { name, address, totalTicks: called.reduce((sum, { totalTicks }) => sum + totalTicks, 0), called };
    })
    .sort((a, b) => b.totalTicks - a.totalTicks);
}
