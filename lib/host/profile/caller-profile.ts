import { requireArgument } from '../../arguments.js';
import type { ProfileRecord } from '../../wire/payloads/profile.js';
import type { FirmwareSymbols } from './firmware-symbols.js';
import { flatProfile, functionAt, type ProfiledFunction } from './flat-profile.js';

/** A function and the functions that it called. */
export interface ProfiledCaller {
  /** The name of the calling function, or the address of the call if the symbols do not have it. */
  readonly name: string;
  readonly address: number;
  /** The time of the called functions, in µs. */
  readonly totalTicks: number;
  /** The called functions, the one with the most time first. */
  readonly called: readonly ProfiledFunction[];
}

/**
 * Groups a profile by caller. The caller whose calls took the most time comes first.
 *
 * For each function, the camera remembers only the last caller, and counts all calls together. A function with several callers is listed under one
 * of them, with all its time.
 *
 * @param symbols map the addresses of calls to functions. Without them, each address counts as a separate caller.
 * @throws {OpenMVError} `INVALID_ARGUMENT` if `records` is not an array.
 */
export function callerProfile(records: readonly ProfileRecord[], symbols?: FirmwareSymbols): ProfiledCaller[] {
  requireArgument(Array.isArray(records), 'callerProfile needs the records of a profile', records);
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
