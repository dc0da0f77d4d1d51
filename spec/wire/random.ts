/** A reproducible source of numbers from 0 to below 1 (mulberry32): whoever uses it puts the seed in the test's name. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomBytes(next: () => number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => Math.floor(next() * 256));
}

/** `bytes` in chunks of 1 to `largest` bytes. Each is an array of its own, as a port hands it over. */
export function cutAtRandom(bytes: Uint8Array, next: () => number, largest: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, end = 0; at < bytes.length; at = end) {
    end = at + 1 + Math.floor(next() * largest);
    chunks.push(bytes.slice(at, end));
  }
  return chunks;
}
