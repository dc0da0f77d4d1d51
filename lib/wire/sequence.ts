/* Sequence numbers are bytes that count round: 0 follows 255 (PROTOCOL 4). */

/** The number that is so many steps after another. */
export function sequenceAfter(sequence: number, steps = 1): number {
  return (sequence + steps) & 0xff;
}

/** How many steps lead from one number up to another, 0 to 255. */
export function stepsBetween(from: number, to: number): number {
  return (to - from) & 0xff;
}

/** Tells whether a number is before another: it is reached in fewer steps back than forward, at most 128. */
export function isBefore(sequence: number, other: number): boolean {
  return stepsBetween(other, sequence) >= 128;
}
