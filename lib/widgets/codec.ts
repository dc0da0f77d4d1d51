/** What a channel's bytes mean, as `openmv-rx` has it: `decode` and `encode` may throw, and the error then names the channel. */
export interface Codec<T> {
  decode(bytes: Uint8Array<ArrayBuffer>): T;
  encode(value: T): Uint8Array;
}
