import { decodeValue, encodeValue } from '../../lib/host/channel/codecs.js';
import { cbor } from '../../lib/widgets/cbor.js';

const MALFORMED = expect.objectContaining({ code: 'MALFORMED' }) as Error;
const INVALID = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error;

const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex');
const fromHex = (value: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(value.replaceAll(' ', ''), 'hex'));

describe('cbor', () => {
  it('keeps the U+FEFF that a text begins with', () => {
    const value = new Map<string, unknown>([['\ufeffkey', ['\ufeff', '\ufeffä', 'a\ufeff', '\ufeff'.repeat(200)]]]);
    expect(cbor().decode(cbor().encode(value))).toEqual(value);
  });

  // From the examples of RFC 8949, appendix A.
  it.each<[string, unknown]>([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['1bffffffffffffffff', 18_446_744_073_709_551_615n],
    ['20', -1],
    ['3863', -100],
    ['3903e7', -1000],
    ['fb3ff199999999999a', 1.1],
    ['fb7e37e43c8800759c', 1.0e300],
    ['fbc010666666666666', -4.1],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['40', new Uint8Array()],
    ['4401020304', Uint8Array.of(1, 2, 3, 4)],
    ['60', ''],
    ['6449455446', 'IETF'],
    ['62c3bc', 'ü'],
    ['80', []],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
  ])('reads and writes the standard’s %s', (encoded, value) => {
    // prettier-ignore
    expect(cbor().decode(fromHex(encoded))).toEqual(value);
    expect(hex(cbor().encode(value))).toBe(encoded);
  });

  it.each<[string, unknown]>([
    ['f93c00', 1],
    ['f97c00', Infinity],
    ['f97e00', NaN],
    ['fa47c35000', 100_000],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['1800', 0],
  ])('reads what it does not write: %s', (encoded, value) => {
    expect(cbor().decode(fromHex(encoded))).toEqual(value);
  });

  it('writes floats in eight bytes, for a camera reads no half floats', () => {
    expect(hex(cbor().encode([0.5, NaN, -Infinity]))).toBe('83fb3fe0000000000000fb7ff8000000000000fbfff0000000000000');
  });

  it('writes objects as maps with text keys, without properties that are undefined', () => {
    expect(cbor().encode({ a: 1, b: undefined })).toEqual(fromHex('a1616101'));
  });

  it.each([
    ['nothing', ''],
    ['half an integer', '19 01'],
    ['an array that ends early', '83 01 02'],
    ['a map without a value', 'a1 01'],
    ['a text that ends early', '65 61 62'],
    ['two items', '01 02'],
    ['a break', 'ff'],
    ['a reserved argument', '1c'],
    ['a tag', 'c0 61 61'],
    ['a tagged map, as for JavaScript’s Map', 'd9 0103 a1 01 02'],
    ['a simple value', 'e0'],
    ['an array that claims 2⁴⁰ items', '9b 000000ffffffffff 01'],
    ['an array that claims 2⁶⁴ items', '9b ffffffffffffffff 01'],
    ['a map that claims 2³² entries', 'ba ffffffff 01 02'],
    ['4 GB of text', '7a ffffffff 61'],
    ['4 GB of bytes', '5a ffffffff 61'],
  ])('is malformed for %s', (_, encoded) => {
    expect(() => cbor().decode(fromHex(encoded))).toThrow(MALFORMED);
  });

  it('is malformed for arrays a million deep, and stands', () => {
    expect(() => cbor().decode(new Uint8Array(1_000_000).fill(0x81))).toThrow(MALFORMED);
    expect(cbor().decode(Uint8Array.of(0x81, 0x01))).toEqual([1]);
  });

  it('gives bytes that are its own', () => {
    const given = fromHex('43010203');
    const read = cbor<Uint8Array>().decode(given);
    given.fill(0);
    expect(read).toEqual(Uint8Array.of(1, 2, 3));
  });

  it.each([
    ['undefined', undefined],
    ['undefined in an array', [undefined]],
    ['a function', [() => 1]],
    ['a symbol', Symbol('x')],
    ['an integer beyond 64 bits', 2n ** 64n],
  ])('does not write %s', (_, value) => {
    // prettier-ignore
    expect(() => cbor().encode(value)).toThrow(INVALID);
  });

  it('is named by the channel’s errors', () => {
    expect(() => decodeValue(cbor(), fromHex('83'), 'climate')).toThrow(
      /channel 'climate'.*cannot decode the bytes as plain CBOR/,
    );
    expect(() => encodeValue(cbor(), Symbol('x'), 'climate')).toThrow(/channel 'climate'/);
  });
});

describe('cbor, with the keys of a record', () => {
  interface Reading {
    readonly temperature: number;
    readonly humidity?: number;
  }
  const readings = cbor<Reading>({ temperature: 1, humidity: -2 });

  it('makes objects of maps with integer keys, and maps of objects', () => {
    expect(readings.decode(fromHex('a2 01 15 21 1832'))).toEqual({ temperature: 21, humidity: 50 });
    expect(hex(readings.encode({ temperature: 21, humidity: 50 }))).toBe('a20115211832');
    expect(hex(readings.encode({ temperature: 21 }))).toBe('a10115');
  });

  it('does so with each of an array', () => {
    const many = cbor<readonly Reading[]>({ temperature: 1, humidity: -2 });
    expect(many.decode(fromHex('82 a10101 a10102'))).toEqual([{ temperature: 1 }, { temperature: 2 }]);
    expect(hex(many.encode([{ temperature: 1 }, { temperature: 2 }]))).toBe('82a10101a10102');
  });

  it('keeps keys that it does not know, integers and texts, and maps further inside', () => {
    const encoded = fromHex('a4 01 01 18 63 02 38 63 03 61 78 a1 01 05');
    const value = readings.decode(encoded);
    expect(value).toEqual({ temperature: 1, 99: 2, '-100': 3, x: new Map([[1, 5]]) });
    expect(cbor().decode(readings.encode(value))).toEqual(cbor().decode(encoded));
  });

  it('takes a key named __proto__ for a key', () => {
    const value = readings.decode(fromHex('a1 69 5f5f70726f746f5f5f a1 61 61 01'));
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('leaves what is no map as it is', () => {
    expect(readings.decode(fromHex('05'))).toBe(5);
  });
});
