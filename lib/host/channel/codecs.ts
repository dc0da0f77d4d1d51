import { isBytes, requireArgument } from '../../arguments.js';
import { OpenMVError, messageOf } from '../../errors.js';
import { NO_BYTES } from '../../wire/packet.js';
import { decodeUtf8, encodeUtf8, withoutMark } from '../../wire/payloads/layout.js';

/** Converts between a channel's bytes and values. If `decode` or `encode` throws, the error of the operation names the channel. */
export interface Codec<Read, Write = Read> {
  decode(bytes: Uint8Array<ArrayBuffer>): Read;
  encode(value: Write): Uint8Array;
  /**
   * Returns where to cut a value that is too long for one write: the length of its first piece, from 1 to `limit`. It is called again for
   * the rest. Each piece is a separate write, and the camera calls the script's `write` once for each. Without `cut`, a value that is too long for
   * one write errors with `TOO_LARGE`.
   */
  cut?(bytes: Uint8Array, limit: number): number;
}

/** The codec for plain bytes. Don't change the bytes until the write has completed. */
export const bytes: Codec<Uint8Array<ArrayBuffer>, Uint8Array> = {
  decode: (value) => value,
  encode: (value) => value,
  cut: (_, limit) => limit,
};

/** The codec for UTF-8 text. A long text is cut between characters. */
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
 * A codec for JSON in UTF-8. `Read` is the type of values that are read and `Write` the type of values that are written, such as part of the
 * settings. Neither is checked at run time. Values are never cut: the script would get half a JSON text.
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

/** True if the codec decodes zero bytes: `text` does, `json` does not. */
export function decodesEmpty(codec: Pick<Codec<unknown>, 'decode'>): boolean {
  try {
    codec.decode(NO_BYTES);
    return true;
  } catch {
    return false;
  }
}

/** @throws {OpenMVError} `MALFORMED`, with the name of the channel, if the codec throws. */
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
      `the codec can't decode the value of channel '${channel}': ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT`, with the name of the channel, if the codec throws or returns no bytes. */
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
      `the codec can't encode the value for channel '${channel}': ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  const wanted = `channel '${channel}' needs a Uint8Array, or a codec such as text or json() that makes one`;
  requireArgument(isBytes(encoded), wanted, encoded);
  return encoded as Uint8Array;
}
