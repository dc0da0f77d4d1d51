import { requireArgument } from '../../arguments.js';
import { UNMEASURED_TICKS, type ProfileRecord } from '../../wire/payloads/profile.js';
import { withoutThumb, type FirmwareSymbols } from './firmware-symbols.js';

/** What a profile says of one function. Ticks are µs. */
export interface ProfiledFunction {
  /** Its name where the symbols know it, else its address as `0x08001234`. */
  readonly name: string;
  readonly address: number;
  /** Runs that have ended. */
  readonly calls: number;
  /** Of all its runs: with those of the functions it called in inclusive mode, without them in exclusive mode. */
  readonly totalTicks: number;
  readonly meanTicks: number;
  /** Of the shortest run; `undefined` while none has ended. */
  readonly minTicks: number | undefined;
  readonly maxTicks: number;
  readonly totalCycles: number;
  /** What each PMU counter counted. */
  readonly events: readonly number[];
}

/**
 * A profile by function, that with the most time first.
 *
 * Of an inclusive profile `totalTicks` are those of a function and all it called, of an exclusive one its own: the camera
 * counts the one or the other, and neither can be computed from the other.
 *
 * @param symbols make names of addresses; without them the addresses stand for themselves
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
  requireArgument(Array.isArray(records), 'flatProfile takes the records of a profile', records);
  const functions = new Map<number, ProfiledFunction>();
  for (const record of records) {
    const { name, address } = functionAt(record.address, symbols);
    const before = functions.get(address);
    const one = profiled(record, name, address);
    functions.set(address, before === undefined ? one : together(before, one));
  }
  return [...functions.values()].sort((a, b) => b.totalTicks - a.totalTicks);
}

/** The function that an address lies in; the address itself where the symbols do not know. */
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

/** Records whose addresses lie in one function, as of its parts that the compiler has set apart. */
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
