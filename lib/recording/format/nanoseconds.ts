const PER_MILLISECOND = 1_000_000n;

/** Converts the host's milliseconds, with fractions, to the nanoseconds of MCAP. */
export function toNanoseconds(milliseconds: number): bigint {
  const whole = Math.floor(milliseconds);
  return BigInt(whole) * PER_MILLISECOND + BigInt(Math.round((milliseconds - whole) * 1e6));
}

/** The inverse of {@link toNanoseconds}. */
export function toMilliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / PER_MILLISECOND) + Number(nanoseconds % PER_MILLISECOND) / 1e6;
}
