/** What was read of a channel so far, which may come in parts and some of it twice. Holds as much as SIZE said. */
export class ReadBytes {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** What is still missing, as stretches from a byte to the one behind the last. */
  #missing: readonly (readonly [from: number, to: number])[];

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
    this.#missing = size > 0 ? [[0, size]] : [];
  }

  /** Takes a part in. Gives all of it when that is complete, once. */
  add(offset: number, part: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const end = Math.min(offset + part.length, this.#bytes.length);
    if (this.#missing.length === 0 || offset >= end) return undefined;
    this.#bytes.set(part.subarray(0, end - offset), offset);
    this.#missing = this.#missing.flatMap(([from, to]) => {
      const left = [[from, Math.min(to, offset)] as const, [Math.max(from, end), to] as const];
      return left.filter(([a, b]) => a < b);
    });
    return this.#missing.length === 0 ? this.#bytes : undefined;
  }
}
