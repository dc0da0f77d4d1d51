import fc from 'fast-check';
import { decodeValue, encodeValue } from '../../../lib/host/channel/codecs.js';
import { struct, structs } from '../../../lib/host/struct/struct.js';
import { random, randomBytes } from '../../wire/random.js';

const MALFORMED = expect.objectContaining({ code: 'MALFORMED' }) as Error;
const INVALID = expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const fromHex = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('struct', () => {
  const every = {
    a: 'u8', b: 'u16', c: 'u32', d: 'u64', e: 'i8', f: 'i16', g: 'i32', h: 'i64', i: 'f32', j: 'f64',
  } as const; // prettier-ignore
  const value = {
    a: 0x12,
    b: 0x3456,
    c: 0x789abcde,
    d: 0x0123456789abcdefn,
    e: -2,
    f: -3,
    g: -4,
    h: -5n,
    i: 1.5,
    j: -2,
  };
  // As CPython 3.11 packs them: struct.pack('<BHIQbhiqfd', …), and with '>'.
  const little = '12 5634 debc9a78 efcdab8967452301 fe fdff fcffffff fbffffffffffffff 0000c03f 00000000000000c0';
  const big = '12 3456 789abcde 0123456789abcdef fe fffd fffffffc fffffffffffffffb 3fc00000 c000000000000000';

  it.each([
    ['little', little],
    ['big', big],
  ] as const)('packs every number, %s-endian', (byteOrder, packed) => {
    const codec = struct(every, { byteOrder });
    expect(codec.size).toBe(42);
    expect(hex(codec.encode(value))).toBe(packed.replaceAll(' ', ''));
    expect(codec.decode(fromHex(packed))).toEqual(value);
  });

  it('is little-endian unless it is told otherwise', () => {
    expect(struct({ a: 'u16' }).decode(Uint8Array.of(1, 2))).toEqual({ a: 0x0201 });
  });

  it('leaves no space between fields but padding, which it writes as zeros and does not read', () => {
    const codec = struct({ a: 'u8', gap: ['padding', 3], b: 'u32', end: ['padding', 2] });
    expect(codec.size).toBe(10);
    expect(codec.decode(fromHex('01 ffffff 02000000 ffff'))).toEqual({ a: 1, b: 2 });
    expect(hex(codec.encode({ a: 1, b: 2 }))).toBe('01000000020000000000');
  });

  it('reads arrays, records in records, and arrays of records', () => {
    const codec = struct({
      xyz: ['i16', 3],
      box: { x: 'u8', y: 'u8' },
      points: [{ x: 'u8', rest: ['u8', 2] }, 2],
      matrix: [['u8', 2], 2],
    });
    const bytes = fromHex('0100 0200 ffff  0304  050607 08090a  0b0c0d0e');
    const record = {
      xyz: [1, 2, -1],
      box: { x: 3, y: 4 },
      points: [
        { x: 5, rest: [6, 7] },
        { x: 8, rest: [9, 10] },
      ],
      matrix: [
        [11, 12],
        [13, 14],
      ],
    };
    expect(codec.decode(bytes)).toEqual(record);
    expect(codec.encode(record)).toEqual(bytes);
  });

  it('reads text up to its first zero, or all of it, and fills it up with zeros', () => {
    const codec = struct({ name: ['chars', 5] });
    expect(['6100620063', '6162636465', '0000000000', 'c3a9000000'].map((text) => codec.decode(fromHex(text)).name)).toEqual([
      'a', 'abcde', '', 'é',
    ]); // prettier-ignore
    expect(['', 'é', 'abcde'].map((name) => hex(codec.encode({ name })))).toEqual([
      '0000000000', 'c3a9000000', '6162636465',
    ]); // prettier-ignore
  });

  it('gives bytes as a view of what was read', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const { data } = struct({ a: 'u8', data: ['bytes', 2] }).decode(bytes);
    expect(data).toEqual(Uint8Array.of(2, 3));
    expect(data.buffer === bytes.buffer).toBe(true);
  });

  it('reads from wherever the bytes lie in their buffer', () => {
    const codec = struct({ a: 'u16', name: ['chars', 2] });
    expect(codec.decode(fromHex('ffff 0100 6162 ff').subarray(2, 6))).toEqual({ a: 1, name: 'ab' });
  });

  it('does not look at what stands behind the record', () => {
    expect(struct({ a: 'u8' }).decode(Uint8Array.of(1, 2, 3))).toEqual({ a: 1 });
  });

  const nested = struct({
    time: 'u32',
    points: [{ x: 'u16', tags: ['u8', 2] }, 2],
    gap: ['padding', 1],
    label: ['chars', 3],
  });

  it.each([
    [0, 'time'],
    [3, 'time'],
    [4, 'points[0].x'],
    [6, 'points[0].tags[0]'],
    [7, 'points[0].tags[1]'],
    [8, 'points[1].x'],
    [11, 'points[1].tags[1]'],
    [12, 'gap'],
    [13, 'label'],
    [15, 'label'],
  ])('is malformed with %d bytes of 16, and names the field that is cut off: %s', (length, field) => {
    expect(() => nested.decode(new Uint8Array(length))).toThrow(MALFORMED);
    expect(() => nested.decode(new Uint8Array(length))).toThrow(
      `record needs 16 bytes but has ${length}: field '${field}' is cut off`,
    );
  });

  it('names the channel too', () => {
    expect(() => decodeValue(nested, new Uint8Array(5), 'imu')).toThrow(
      /channel 'imu'.*record needs 16 bytes but has 5: field 'points\[0\]/,
    );
    expect(() => encodeValue(struct({ a: 'u8' }), { a: 256 }, 'imu')).toThrow(
      /channel 'imu': field 'a' of type u8 must be a whole number from 0 to 255, not 256/,
    );
  });

  it.each([
    ['u8', -1],
    ['u8', 256],
    ['u8', 1.5],
    ['u8', NaN],
    ['u8', '1'],
    ['u8', undefined],
    ['u8', null],
    ['u8', 1n],
    ['u16', 65_536],
    ['u32', 4_294_967_296],
    ['u32', -1],
    ['u64', 1],
    ['u64', -1n],
    ['u64', 2n ** 64n],
    ['i8', -129],
    ['i8', 128],
    ['i16', -32_769],
    ['i16', 32_768],
    ['i32', 2_147_483_648],
    ['i32', -2_147_483_649],
    ['i64', 2n ** 63n],
    ['i64', -(2n ** 63n) - 1n],
    ['f32', 3.5e38],
    ['f32', -1e300],
    ['f32', '1'],
    ['f64', 1n],
  ] as const)('does not take for %s: %p', (type, wrong) => {
    // prettier-ignore
    const codec = struct({ a: 'u8', field: type });
    expect(() => codec.encode({ a: 0, field: wrong } as never)).toThrow(INVALID);
    expect(() => codec.encode({ a: 0, field: wrong } as never)).toThrow(/^field 'field' of type \w+ must be /);
  });

  it.each([
    ['u8', 0],
    ['u8', 255],
    ['u16', 65_535],
    ['u32', 4_294_967_295],
    ['u64', 2n ** 64n - 1n],
    ['i8', -128],
    ['i8', 127],
    ['i16', -32_768],
    ['i32', -2_147_483_648],
    ['i64', -(2n ** 63n)],
    ['f32', Infinity],
    ['f32', NaN],
    ['f64', 1e300],
  ] as const)('takes for %s: %p', (type, right) => {
    // prettier-ignore
    const codec = struct({ field: type });
    expect(codec.decode(codec.encode({ field: right })).field).toBe(right);
  });

  it.each([
    ['an array that is too short', { xs: [1] }, "field 'xs' must be an array of 2, not an array of 1"],
    ['an array that is too long', { xs: [1, 2, 3] }, "field 'xs' must be an array of 2"],
    ['no array', { xs: 1 }, "field 'xs' must be an array of 2, not 1"],
    ['a wrong element', { xs: [1, 256] }, "field 'xs[1]' of type u8 must be a whole number from 0 to 255, not 256"],
    [
      'text that is too long',
      { text: 'ééé' },
      'field \'text\' must have at most 4 bytes of UTF-8, none of them zero, but "ééé" has 6',
    ],
    ['text with a zero', { text: 'a\0b' }, "field 'text' must have at most 4 bytes"],
    ['no text', { text: 5 }, "field 'text' must be a string, not 5"],
    ['too few bytes', { raw: new Uint8Array(1) }, "field 'raw' must be a Uint8Array of 2 bytes, not 1 bytes"],
    ['no bytes', { raw: [1, 2] }, "field 'raw' must be a Uint8Array of 2 bytes, not an array of 2"],
    ['no record', { at: 3 }, "field 'at' must be an object, not 3"],
    [
      'a wrong field of a record',
      { at: { x: -1 } },
      "field 'at.x' of type u8 must be a whole number from 0 to 255, not -1",
    ],
  ])('does not take %s', (_, wrong, message) => {
    const codec = struct({ xs: ['u8', 2], text: ['chars', 4], raw: ['bytes', 2], at: { x: 'u8' } });
    const right = { xs: [1, 2], text: '', raw: new Uint8Array(2), at: { x: 0 } };
    expect(codec.encode(right)).toHaveLength(9);
    expect(() => codec.encode({ ...right, ...wrong } as never)).toThrow(INVALID);
    expect(() => codec.encode({ ...right, ...wrong } as never)).toThrow(message);
  });

  it.each([
    ['no fields', {}],
    ['a type that is not known', { a: 'u24' }],
    ['a type of the language', { a: 'toString' }],
    ['no type', { a: undefined }],
    ['a number for a type', { a: 8 }],
    ['a count of 0', { a: ['u8', 0] }],
    ['a count that is not whole', { a: ['chars', 1.5] }],
    ['no count', { a: ['u8'] }],
    ['too much', { a: ['u8', 1, 2] }],
    ['an array of what is not known', { a: ['u24', 2] }],
    ['a record without fields', { a: {} }],
    ['an array of padding', { a: [['padding', 2], 2] }],
    ['a field whose name is a number', { b: 'u8', 1: 'u8' }],
  ])('throws for a layout with %s', (_, layout) => {
    expect(() => struct(layout as never)).toThrow(INVALID);
  });

  it('gives back what it was given, for any numbers', () => {
    const codec = struct({ a: ['f64', 2], b: { c: 'i32', d: ['u64', 2] }, e: 'f32' }, { byteOrder: 'big' });
    const any = fc.record({
      a: fc.tuple(fc.double(), fc.double()),
      b: fc.record({ c: fc.integer(), d: fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constant(0n)) }),
      e: fc.float(),
    });
    fc.assert(fc.property(any, (given) => expect(codec.decode(codec.encode(given))).toEqual(given)));
  });
});

describe('structs', () => {
  const layout = { at: 'u16', xyz: ['i8', 3] } as const;

  it('reads as many records as there are, and none of nothing', () => {
    const codec = structs(layout);
    const bytes = fromHex('0100 0203ff  0400 050607');
    const records = [
      { at: 1, xyz: [2, 3, -1] },
      { at: 4, xyz: [5, 6, 7] },
    ];
    expect(codec.decode(bytes)).toEqual(records);
    expect(codec.encode(records)).toEqual(bytes);
    expect([codec.decode(new Uint8Array()), codec.size]).toEqual([[], 5]);
  });

  it.each([
    [1, '0', 1, 'at'],
    [4, '0', 4, 'xyz[2]'],
    [7, '1', 2, 'xyz[0]'],
    [16, '3', 1, 'at'],
  ])('is malformed with %d bytes: record %s is cut off', (length, number, left, field) => {
    expect(() => structs(layout).decode(new Uint8Array(length))).toThrow(MALFORMED);
    expect(() => structs(layout).decode(new Uint8Array(length))).toThrow(
      `record ${number} needs 5 bytes but has ${left}: field '${field}' is cut off`,
    );
  });

  it('names the record that can’t be written', () => {
    const records = [
      { at: 1, xyz: [1, 2, 3] },
      { at: 1, xyz: [1, 128, 3] },
    ];
    expect(() => structs(layout).encode(records)).toThrow(INVALID);
    expect(() => structs(layout).encode(records)).toThrow(
      "field '[1].xyz[1]' of type i8 must be a whole number from -128 to 127, not 128",
    );
  });

  it('is cut between records, and not at all where one does not fit', () => {
    const codec = structs(layout);
    const bytes = new Uint8Array(5000);
    expect([42, 44, 45, 490].map((limit) => codec.cut?.(bytes, limit))).toEqual([40, 40, 45, 490]);
    expect(() => codec.cut?.(bytes, 4)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }) as Error);
  });

  it('reads any bytes that are a whole number of records', () => {
    const codec = structs(layout);
    const bytes = randomBytes(random(3), 5 * 1000);
    expect(codec.encode(codec.decode(bytes))).toEqual(bytes);
  });
});
