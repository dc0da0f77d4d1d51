import { isBytes, requireArgument } from '../../arguments.js';
import { OpenMVError, messageOf } from '../../errors.js';
import { NO_BYTES } from '../../wire/packet.js';
import { decodeUtf8, encodeUtf8, withoutMark } from '../../wire/payloads/layout.js';

/** What a channel's bytes mean. `decode` and `encode` may throw; the error then names the channel. */
export interface Codec<Read, Write = Read> {
  decode(bytes: Uint8Array<ArrayBuffer>): Read;
  encode(value: Write): Uint8Array;
  /**
   * Where a value over the camera's payload may be cut: the length of its first piece, at most `limit`, and at least 1; it
   * is asked again for the rest. Each piece is one write of its own, and one call of the camera's script. Without it a value
   * is never cut, and one that is too large for one write errors with `TOO_LARGE`.
   */
  cut?(bytes: Uint8Array, limit: number): number;
}

/** The bytes themselves. What is written must not be changed until the write completes. */
export const bytes: Codec<Uint8Array<ArrayBuffer>, Uint8Array> = {
  decode: (value) => value,
  encode: (value) => value,
  cut: (_, limit) => limit,
};

/** UTF-8 text. A long one is cut between characters. */
export const text: Codec<string> & { decode(bytes: Uint8Array): string } = {
  decode: decodeUtf8,
  encode: encodeUtf8,
  cut: cutUtf8,
};

function cutUtf8(bytes: Uint8Array, limit: number): number {
  let at = limit;
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at > 0 ? at : limit;
}

/**
 * JSON text in UTF-8. `Read` is the type of what the camera holds and `Write` of what it accepts, such as a part of the settings;
 * neither is checked. A value is never cut, because a script that parses what it is given would be given half of it.
 *
 * @example
 * ```ts
 * import { json, type Camera } from 'openmv-rx';
 *
 * interface Settings {
 *   quality: number;
 *   framesize: string;
 * }
 * const setQuality = (camera: Camera, quality: number) =>
 *   camera.channel('config', json<Settings, Partial<Settings>>()).write({ quality });
 * ```
 */
export function json<Read, Write = Read>(): Codec<Read, Write> & { decode(bytes: Uint8Array): Read } {
  return {
    decode: (value) => JSON.parse(withoutMark(decodeUtf8(value))) as Read,
    encode: (value) => encodeUtf8(JSON.stringify(value)),
  };
}

/** Whether no bytes at all are a value: to text they are, to JSON they are not. */
export function takesNothing(codec: Pick<Codec<unknown>, 'decode'>): boolean {
  try {
    codec.decode(NO_BYTES);
    return true;
  } catch {
    return false;
  }
}

/** @throws {OpenMVError} `MALFORMED` that names the channel. */
export function decodeValue<Read>(
  codec: Pick<Codec<Read>, 'decode'>,
  value: Uint8Array<ArrayBuffer>,
  channel: string,
): Read {
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
export function encodeValue<Write>(
  codec: Pick<Codec<unknown, Write>, 'encode'>,
  value: Write,
  channel: string,
): Uint8Array {
  let encoded: unknown;
  try {
    encoded = codec.encode(value);
  } catch (error) {
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      `the value can't be written to channel '${channel}': ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  const wanted = `channel '${channel}' takes bytes, as a Uint8Array, unless it is given a codec such as text or json()`;
  requireArgument(isBytes(encoded), wanted, encoded);
  return encoded as Uint8Array;
}
