import { ProfileMode, UNMEASURED_TICKS, type ProfileRecord } from '../../wire/payloads/index.js';

/** What the counters of a program stand at: only the differences between two of them count. */
export interface ProfileCounters {
  /** µs. */
  readonly ticks: number;
  /** Processor cycles. */
  readonly cycles: number;
  /** What each PMU counter stands at: as many as the device has. */
  readonly events: readonly number[];
}

/** The firmware's own limits: functions, and runs within runs. */
export const MAX_RECORDS = 256;
export const MAX_DEPTH = 32;

/** A run that has not ended. */
interface Run {
  readonly address: number;
  readonly record: Entry | undefined;
  readonly from: ProfileCounters;
  /** Of the runs within it: ticks, cycles, events. */
  readonly inner: number[];
}

type Entry = { -readonly [Field in keyof ProfileRecord]: ProfileRecord[Field] };

/** What runs of functions add up to (PROTOCOL 10). */
export class ProfileTable {
  private readonly entries = new Map<number, Entry>();
  private readonly runs: Run[] = [];
  /** Runs that are too deep to be followed. */
  private tooDeep = 0;

  constructor(private readonly counters: number) {}

  get records(): ProfileRecord[] {
    return [...this.entries.values()];
  }

  enter(address: number, caller: number, from: ProfileCounters): void {
    if (this.runs.length === MAX_DEPTH) {
      this.tooDeep++;
      return;
    }
    const record = this.entryOf(address);
    if (record) {
      record.calls++;
      record.caller = caller;
    }
    this.runs.push({ address, record, from, inner: Array.from({ length: 2 + this.counters }, () => 0) });
  }

  /** Ends the run that began last. If it was another's, it is dropped: what it took is not known. */
  exit(address: number, to: ProfileCounters, mode: number): void {
    if (this.tooDeep > 0) {
      this.tooDeep--;
      return;
    }
    const run = this.runs.pop();
    if (run?.address !== address) return;
    const from = valuesOf(run.from);
    const spent = valuesOf(to).map((value, at) => value - (from[at] ?? 0));
    const outer = this.runs.at(-1);
    if (outer && mode === ProfileMode.EXCLUSIVE)
      spent.forEach((value, at) => (outer.inner[at] = (outer.inner[at] ?? 0) + value));
    if (run.record)
      add(
        run.record,
        spent.map((value, at) => value - (run.inner[at] ?? 0)),
      );
  }

  reset(): void {
    this.entries.clear();
    this.runs.length = this.tooDeep = 0;
  }

  private entryOf(address: number): Entry | undefined {
    const known = this.entries.get(address);
    if (known ?? this.entries.size === MAX_RECORDS) return known;
    const entry = {
      address,
      caller: 0,
      calls: 0,
      minTicks: UNMEASURED_TICKS,
      maxTicks: 0,
      totalTicks: 0,
      totalCycles: 0,
      events: Array.from({ length: this.counters }, () => 0),
    };
    this.entries.set(address, entry);
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
