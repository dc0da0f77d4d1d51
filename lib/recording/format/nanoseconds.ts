const PER_MILLISECOND = 1_000_000n;

/** Milliseconds and fractions of them, as the host has them, as the nanoseconds of MCAP. */
export function toNanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * PER_MILLISECOND + BigInt(Math.round((milliseconds - whole) * 1e6));
}

/** The milliseconds that {@link toNanoseconds} was given. */
export function toMilliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / PER_MILLISECOND) + Number(nanoseconds % PER_MILLISECOND) / 1e6;
}
