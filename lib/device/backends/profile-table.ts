import { ProfileMode, UNMEASURED_TICKS, type ProfileRecord } from '../../wire/payloads/index.js';

/** The counters of a program at one moment. Only differences between two moments count. */
export interface ProfileCounters {
  /** µs. */
  readonly ticks: number;
  /** Processor cycles. */
  readonly cycles: number;
  /** Each PMU counter of the device. */
  readonly events: readonly number[];
}

/** The firmware's limits: functions, and depth of nested runs. */
export const MAX_RECORDS = 256;
export const MAX_DEPTH = 32;

/** A run that has not ended yet. */
interface Run {
  readonly address: number;
  readonly record: Entry | undefined;
  readonly from: ProfileCounters;
  /** The sums of nested runs: ticks, cycles, events. */
  readonly nested: number[];
}

type Entry = { -readonly [Field in keyof ProfileRecord]: ProfileRecord[Field] };

/** Adds up the runs of functions (PROTOCOL 10). */
export class ProfileTable {
  readonly #counters: number;
  readonly #entries = new Map<number, Entry>();
  readonly #runs: Run[] = [];
  /** The number of running functions that are nested too deep to be counted. */
  #tooDeep = 0;

  constructor(counters: number) {
    this.#counters = counters;
  }

  get records(): ProfileRecord[] {
    return [...this.#entries.values()];
  }

  enter(address: number, caller: number, from: ProfileCounters): void {
    if (this.#runs.length === MAX_DEPTH) {
      this.#tooDeep++;
      return;
    }
    const record = this.#entryOf(address);
    if (record) {
      record.calls++;
      record.caller = caller;
    }
    this.#runs.push({ address, record, from, nested: Array.from({ length: 2 + this.#counters }, () => 0) });
  }

  /** Ends the run that started last. A run of another function is dropped, because its cost is unknown. */
  exit(address: number, to: ProfileCounters, mode: number): void {
    if (this.#tooDeep > 0) {
      this.#tooDeep--;
      return;
    }
    const run = this.#runs.pop();
    if (run?.address !== address) return;
    const from = valuesOf(run.from);
    const spent = valuesOf(to).map((value, at) => value - (from[at] ?? 0));
    const outer = this.#runs.at(-1);
    if (outer && mode === ProfileMode.EXCLUSIVE)
      spent.forEach((value, at) => (outer.nested[at] = (outer.nested[at] ?? 0) + value));
    if (run.record)
      add(
        run.record,
        spent.map((value, at) => value - (run.nested[at] ?? 0)),
      );
  }

  reset(): void {
    this.#entries.clear();
    this.#runs.length = this.#tooDeep = 0;
  }

  #entryOf(address: number): Entry | undefined {
    const known = this.#entries.get(address);
    if (known ?? this.#entries.size === MAX_RECORDS) return known;
    const entry = {
      address,
      caller: 0,
      calls: 0,
      minTicks: UNMEASURED_TICKS,
      maxTicks: 0,
      totalTicks: 0,
      totalCycles: 0,
      events: Array.from({ length: this.#counters }, () => 0),
    };
    this.#entries.set(address, entry);
    return entry;
  }
}

function valuesOf({ ticks, cycles, events }: ProfileCounters): number[] {
  return [ticks, cycles, ...events];
}

function add(entry: Entry, [ticks = 0, cycles = 0, ...events]: readonly number[]): void {
  entry.minTicks = Math.min(entry.minTicks, ticks);
  entry.maxTicks = Math.max(entry.maxTicks, ticks);
  entry.totalTicks += ticks;
  entry.totalCycles += cycles;
  entry.events = entry.events.map((count, at) => count + (events[at] ?? 0));
}
