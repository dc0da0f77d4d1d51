import { decode, encode, Tokenizer, type DecodeOptions, type EncodeOptions } from 'cborg';
import { messageOf, OpenMVError } from '../errors.js';

/**
 * A camera's decoder knows no half floats, no `undefined` and no tags (PROTOCOL 11). cborg writes a float as short as it
 * can be, unless it is told to take all eight bytes.
 */
const AS_A_CAMERA_READS_IT: EncodeOptions = {
  float64: true,
  ignoreUndefinedProperties: true,
  typeEncoders: {
    undefined: () => {
      throw new OpenMVError('INVALID_ARGUMENT', 'undefined can not be written as CBOR: a camera does not know it');
    },
  },
};

/** @throws {OpenMVError} `INVALID_ARGUMENT` for what CBOR has no bytes for, or a camera's decoder does not know. */
export function encodeCbor(value: unknown): Uint8Array<ArrayBuffer> {
  try {
    return encode(value, AS_A_CAMERA_READS_IT);
  } catch (error) {
    if (error instanceof OpenMVError) throw error;
    throw new OpenMVError('INVALID_ARGUMENT', messageOf(error), { cause: error });
  }
}

const AS_IT_IS: DecodeOptions = {
  allowBigInt: true,
  allowIndefinite: true,
  allowUndefined: true,
  retainStringBytes: true,
  useMaps: true,
};

const BYTE_ORDER_MARK = '\ufeff';

/** cborg drops a U+FEFF that a text begins with. */
class WholeText extends Tokenizer {
  override next(): ReturnType<Tokenizer['next']> {
    const token = super.next();
    const [first, second, third] = token.byteValue ?? [];
    if (first === 0xef && second === 0xbb && third === 0xbf) token.value = `${BYTE_ORDER_MARK}${token.value as string}`;
    return token;
  }
}

/** Maps are `Map`s, whose keys may be integers. @throws {OpenMVError} `MALFORMED` for what is not CBOR, and for tags. */
export function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { ...AS_IT_IS, tokenizer: new WholeText(bytes, AS_IT_IS) });
  } catch (error) {
    throw new OpenMVError('MALFORMED', `this is no plain CBOR: ${messageOf(error)}`, { cause: error });
  }
}
