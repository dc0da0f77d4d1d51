import { requireArgument } from '../../arguments.js';
import { UNMEASURED_TICKS, type ProfileRecord } from '../../wire/payloads/profile.js';
import { withoutThumb, type FirmwareSymbols } from './firmware-symbols.js';

/** The profile of one function. Ticks are µs. */
export interface ProfiledFunction {
  /** The function's name, or its address as `0x08001234` if the symbols do not have it. */
  readonly name: string;
  readonly address: number;
  /** The number of completed runs. */
  readonly calls: number;
  /** The time of all runs. In inclusive mode it includes the functions that were called; in exclusive mode it does not. */
  readonly totalTicks: number;
  readonly meanTicks: number;
  /** The time of the shortest run, or `undefined` if no run has completed. */
  readonly minTicks: number | undefined;
  readonly maxTicks: number;
  readonly totalCycles: number;
  /** The count of each PMU counter. */
  readonly events: readonly number[];
}

/**
 * Groups a profile by function. The function with the most time comes first.
 *
 * In an inclusive profile, `totalTicks` includes the functions that were called; in an exclusive profile it does not. Neither can be computed from the
 * other: select one with `camera.profile.mode(…)`.
 *
 * @param symbols map addresses to names. Without them, the names are addresses.
 * @throws {OpenMVError} `INVALID_ARGUMENT` if `records` is not an array.
 *
 * @example
 * ```ts
 * import { flatProfile, type FirmwareSymbols, type ProfileRecord } from 'openmv-rx/profile';
 *
 * function print(records: readonly ProfileRecord[], symbols: FirmwareSymbols): void {
 *   for (const { name, calls, totalTicks } of flatProfile(records, symbols).slice(0, 10)) {
 *     console.log(`${totalTicks} µs in ${calls} calls of ${name}`);
 *   }
 * }
 * ```
 */
export function flatProfile(records: readonly ProfileRecord[], symbols?: FirmwareSymbols): ProfiledFunction[] {
  requireArgument(Array.isArray(records), 'flatProfile needs the records of a profile', records);
  const functions = new Map<number, ProfiledFunction>();
  for (const record of records) {
    const { name, address } = functionAt(record.address, symbols);
    const before = functions.get(address);
    const one = profiled(record, name, address);
    functions.set(address, before === undefined ? one : together(before, one));
  }
  return [...functions.values()].sort((a, b) => b.totalTicks - a.totalTicks);
}

/** The function that contains an address, or the address itself if the symbols do not have it. */
export function functionAt(
  address: number,
  symbols: FirmwareSymbols | undefined,
): { readonly name: string; readonly address: number } {
  const known = symbols?.find(address);
  if (known !== undefined) return known;
  const start = withoutThumb(address);
  return { name: `0x${start.toString(16).padStart(8, '0')}`, address: start };
}

function profiled(record: ProfileRecord, name: string, address: number): ProfiledFunction {
  const { calls, totalTicks, minTicks, maxTicks, totalCycles, events } = record;
  return {
    name,
    address,
    calls,
    totalTicks,
    meanTicks: calls === 0 ? 0 : totalTicks / calls,
    minTicks: minTicks === UNMEASURED_TICKS ? undefined : minTicks,
    maxTicks,
    totalCycles,
    events,
  };
}

/** Merges records within one function: the compiler may split a function into parts. */
function together(a: ProfiledFunction, b: ProfiledFunction): ProfiledFunction {
  const [calls, totalTicks] = [a.calls + b.calls, a.totalTicks + b.totalTicks];
  return {
    ...a,
    calls,
    totalTicks,
    meanTicks: calls === 0 ? 0 : totalTicks / calls,
    minTicks: [a.minTicks, b.minTicks].reduce(
      (least, ticks) => (ticks === undefined ? least : Math.min(ticks, least ?? ticks)),
      undefined,
    ),
    maxTicks: Math.max(a.maxTicks, b.maxTicks),
    totalCycles: a.totalCycles + b.totalCycles,
    events: a.events.map((count, counter) => count + (b.events[counter] ?? 0)),
  };
}
