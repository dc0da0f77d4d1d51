/** A plain sequence of delays in milliseconds: doubling from 100 to 2000, each up to a fifth longer at random. */
export function* backOff(random: () => number = Math.random): Generator<number, never> {
  for (let delayMs = 100; ; delayMs = Math.min(2 * delayMs, 2000)) yield delayMs * (1 + random() / 5);
}
