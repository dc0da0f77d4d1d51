/** What all pictures that are kept may take. */
export const PICTURE_CACHE_BYTES = 16 << 20;

/**
 * Encoded pictures of the test pattern, which comes again after a cycle, so that each is encoded once: an encoder for
 * JPEG takes longer than all the rest of a camera. It holds {@link PICTURE_CACHE_BYTES}; of those that have not been
 * asked for lately it forgets whole cycles, and when one cycle alone is larger, the rest of that is encoded each time.
 */
export class PictureCache {
  /** By what they look like, the one that was asked for last at the end. */
  private readonly cycles = new Map<string, Map<number, Uint8Array>>();
  private bytes = 0;

  constructor(private readonly capacity = PICTURE_CACHE_BYTES) {}

  /** The picture at a place of the cycle that looks as `look` says. */
  get(look: string, place: number, encode: () => Uint8Array): Uint8Array {
    const cycle = this.cycles.get(look) ?? new Map<number, Uint8Array>();
    this.cycles.delete(look);
    this.cycles.set(look, cycle);
    const kept = cycle.get(place);
    if (kept) return kept;
    const picture = encode();
    if (this.makeRoom(picture.length)) {
      cycle.set(place, picture);
      this.bytes += picture.length;
    }
    return picture;
  }

  /** False when only the cycle that is in use is left and there is no room all the same. */
  private makeRoom(bytes: number): boolean {
    for (const [look, cycle] of this.cycles) {
      if (this.bytes + bytes <= this.capacity) return true;
      if (this.cycles.size === 1) return false;
      this.cycles.delete(look);
      for (const picture of cycle.values()) this.bytes -= picture.length;
    }
    return this.bytes + bytes <= this.capacity;
  }
}
