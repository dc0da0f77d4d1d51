import { decode, encode, Tokenizer, type DecodeOptions, type EncodeOptions } from 'cborg';
import { messageOf, OpenMVError } from '../errors.js';

/**
 * A camera's decoder knows no half floats, no `undefined` and no tags (PROTOCOL 11). cborg writes the shortest float, so all
 * eight bytes are requested.
 */
const ENCODE_OPTIONS: EncodeOptions = {
  float64: true,
  ignoreUndefinedProperties: true,
  typeEncoders: {
    undefined: () => {
      throw new OpenMVError('INVALID_ARGUMENT', "cannot encode undefined as CBOR: cameras can't decode it");
    },
  },
};

/** @throws {OpenMVError} `INVALID_ARGUMENT` for a value that CBOR can't express or a camera can't decode. */
export function encodeCbor(value: unknown): Uint8Array<ArrayBuffer> {
  try {
    return encode(value, ENCODE_OPTIONS);
  } catch (error) {
    if (error instanceof OpenMVError) throw error;
    throw new OpenMVError('INVALID_ARGUMENT', messageOf(error), { cause: error });
  }
}

const DECODE_OPTIONS: DecodeOptions = {
  allowBigInt: true,
  allowIndefinite: true,
  allowUndefined: true,
  retainStringBytes: true,
  useMaps: true,
};

const BYTE_ORDER_MARK = '\ufeff';

/** Keeps a U+FEFF at the start of a text, which cborg drops. */
class WholeText extends Tokenizer {
  override next(): ReturnType<Tokenizer['next']> {
    const token = super.next();
    const [first, second, third] = token.byteValue ?? [];
    if (first === 0xef && second === 0xbb && third === 0xbf) token.value = `${BYTE_ORDER_MARK}${token.value as string}`;
    return token;
  }
}

/** Decodes maps as `Map`s, whose keys may be integers. @throws {OpenMVError} `MALFORMED` for invalid CBOR, and for tags. */
export function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { ...DECODE_OPTIONS, tokenizer: new WholeText(bytes, DECODE_OPTIONS) });
  } catch (error) {
    throw new OpenMVError('MALFORMED', `cannot decode the bytes as plain CBOR: ${messageOf(error)}`, { cause: error });
  }
}
