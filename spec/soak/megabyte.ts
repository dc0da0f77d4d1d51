import { writeAndReadBack } from '../scenarios/faults/megabyte.js';
import type { Figures } from './main.js';

/** A megabyte that is written `atLeastOnce` and read back, at 1 % loss both ways. */
export function* megabyte(runs: number): Generator<Figures> {
  for (const bufferSize of [512, 4096, 8192] as const) {
    const trips = Array.from({ length: runs }, (_, i) => writeAndReadBack(1_000_000, bufferSize, i + 1));
    const right = trips.filter((trip) => trip.right).length;
    const resynchronisations = trips.reduce((sum, trip) => sum + trip.resynchronisations, 0);
    const readS = trips.map((trip) => Math.round(trip.readS)).sort((a, b) => a - b);
    const figures = { bufferSize, runs, right, resynchronisations, readS: [readS[0], readS.at(-1)] };
    yield { name: 'megabyte', held: right === runs && resynchronisations === 0, ...figures };
  }
}
