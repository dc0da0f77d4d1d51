import { OpenMVError, messageOf } from '../errors.js';
import { NO_BYTES } from '../wire/packet.js';
import { decodeUtf8, encodeUtf8, withoutMark } from '../wire/payloads/utf8.js';

/** What a channel's bytes mean. `decode` and `encode` may throw; the error then names the channel. */
export interface Codec<T> {
  decode(bytes: Uint8Array): T;
  encode(value: T): Uint8Array;
  /**
   * Where a value over the camera's payload may be cut: the length of its first piece, at most `limit`, and at least 1; it
   * is asked again for the rest. Each piece is one write of its own, and one call of the camera's script. Without it a value
   * is never cut, and one that is too large for one write errors with `TOO_LARGE`.
   */
  cut?(bytes: Uint8Array, limit: number): number;
}

/** The bytes themselves. What is written must not be changed until the write completes. */
export const bytes: Codec<Uint8Array> = {
  decode: (value) => value,
  encode: (value) => value,
  cut: (_, limit) => limit,
};

/** UTF-8 text. A long one is cut between characters. */
export const text: Codec<string> = { decode: decodeUtf8, encode: encodeUtf8, cut: cutUtf8 };

function cutUtf8(bytes: Uint8Array, limit: number): number {
  let at = limit;
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at > 0 ? at : limit;
}

/**
 * JSON text in UTF-8. The type says what the camera's script means by it; it is not checked. It is never cut: a script that
 * parses what it is given would be given half of it.
 *
 * @example
 * ```ts
 * import { json, type Camera } from 'openmv-rx';
 *
 * const setQuality = (camera: Camera, quality: number) =>
 *   camera.channel('config', json<{ quality: number }>()).write({ quality });
 * ```
 */
export function json<T>(): Codec<T> {
  return {
    decode: (value) => JSON.parse(withoutMark(decodeUtf8(value))) as T,
    encode: (value) => encodeUtf8(JSON.stringify(value)),
  };
}

/** Whether no bytes at all are a value: to text they are, to JSON they are not. */
export function takesNothing<T>(codec: Codec<T>): boolean {
  try {
    codec.decode(NO_BYTES);
    return true;
  } catch {
    return false;
  }
}

/** @throws {OpenMVError} `MALFORMED` that names the channel. */
export function decodeValue<T>(codec: Codec<T>, value: Uint8Array, channel: string): T {
  try {
    return codec.decode(value);
  } catch (error) {
    throw new OpenMVError(
      'MALFORMED',
      `what channel '${channel}' holds is not what its codec expects: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` that names the channel. */
export function encodeValue<T>(codec: Codec<T>, value: T, channel: string): Uint8Array {
  try {
    return codec.encode(value);
  } catch (error) {
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      `the value can't be written to channel '${channel}': ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}
