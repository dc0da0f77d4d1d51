/** How long things are measured. */
export interface Pace {
  /** One computation, again and again. */
  readonly taskMs: number;
  /** Before anything counts. */
  readonly warmUpMs: number;
  /** Streaming. */
  readonly streamMs: number;
  /** The same where faults happen, which are rare. */
  readonly faultyStreamMs: number;
  readonly reads: number;
  readonly writes: number;
  readonly roundTrips: number;
  readonly recoveries: number;
}

export const FULL: Pace = {
  taskMs: 500,
  warmUpMs: 500,
  streamMs: 4000,
  faultyStreamMs: 10_000,
  reads: 40,
  writes: 300,
  roundTrips: 5000,
  recoveries: 60,
};

export const QUICK: Pace = {
  taskMs: 15,
  warmUpMs: 30,
  streamMs: 200,
  faultyStreamMs: 150,
  reads: 3,
  writes: 10,
  roundTrips: 100,
  recoveries: 4,
};
