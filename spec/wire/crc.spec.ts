import crc16ccitt from 'crc/calculators/crc16ccitt';
import crc32mpeg2 from 'crc/calculators/crc32mpeg2';
import { crc16, crc32, crcEngine } from '../../lib/wire/crc.js';
import { random, randomBytes } from './random.js';

const CHECK = Uint8Array.from('123456789', (char) => char.charCodeAt(0));
const SEED = 0x0c2c;
const next = random(SEED);
const lengths = [...Array.from({ length: 101 }, (_, length) => length), 255, 256, 1021, 4082, 8178, 65535];
const samples = lengths.map((length) => randomBytes(next, length));

const hex = (value: number) => `0x${value.toString(16)}`;
const engine16 = crcEngine(0x10210000);
const engine32 = crcEngine(0x04c11db7);

/** The definition: one bit at a time. */
function bitwise(polynomial: number, width: number, bytes: Uint8Array): number {
  let register = BigInt(2 ** width - 1);
  const top = 1n << BigInt(width - 1);
  for (const byte of bytes) {
    register ^= BigInt(byte) << BigInt(width - 8);
    for (let bit = 0; bit < 8; bit++) {
      const carry = (register & top) !== 0n;
      register = BigInt.asUintN(width, register << 1n) ^ (carry ? BigInt(polynomial) : 0n);
    }
  }
  return Number(register);
}

describe('the CRCs of the protocol', () => {
  it('have the check values of the protocol', () => {
    expect([hex(crc16(CHECK)), hex(crc32(CHECK))]).toEqual(['0xe541', '0x41b403d3']);
  });

  it('of no bytes are their initial values', () => {
    const none = new Uint8Array(0);
    expect([hex(crc16(none)), hex(crc32(none))]).toEqual(['0xffff', '0xffffffff']);
  });

  it(`match their definition, one bit at a time (seed ${SEED})`, () => {
    for (const bytes of samples.filter(({ length }) => length <= 1021)) {
      expect([bytes.length, hex(crc16(bytes)), hex(crc32(bytes))]).toEqual([
        bytes.length,
        hex(bitwise(0xf94f, 16, bytes)),
        hex(bitwise(0xfa567d89, 32, bytes)),
      ]);
    }
  });

  it(`are the same if computed in two parts, split at any place (seed ${SEED})`, () => {
    for (const bytes of samples.filter(({ length }) => length <= 40)) {
      for (let cut = 0; cut <= bytes.length; cut++) {
        const [head, tail] = [bytes.subarray(0, cut), bytes.subarray(cut)];
        const parts = [crc16(tail, crc16(head)), crc32(tail, crc32(head))];
        expect([bytes.length, cut, ...parts]).toEqual([bytes.length, cut, crc16(bytes), crc32(bytes)]);
      }
    }
  });

  it('read only the part of a buffer that a view shows', () => {
    const larger = Uint8Array.of(1, 2, 3, ...CHECK, 4, 5);
    expect(hex(crc32(larger.subarray(3, 12)))).toBe('0x41b403d3');
  });
});

describe('our CRC engine, with the polynomials of an independent library', () => {
  it(`computes CRC-16/CCITT (seed ${SEED})`, () => {
    for (const bytes of samples) {
      const ours = engine16(0xffff << 16, bytes) >>> 16;
      expect([bytes.length, hex(ours)]).toEqual([bytes.length, hex(crc16ccitt(bytes))]);
    }
  });

  it(`computes CRC-32/MPEG-2 (seed ${SEED})`, () => {
    for (const bytes of samples) {
      const ours = engine32(0xffffffff, bytes) >>> 0;
      expect([bytes.length, hex(ours)]).toEqual([bytes.length, hex(crc32mpeg2(bytes) >>> 0)]);
    }
  });

  it(`continues from a previous register as that library does (seed ${SEED})`, () => {
    for (const bytes of samples) {
      const cut = Math.floor(next() * (bytes.length + 1));
      const [head, tail] = [bytes.subarray(0, cut), bytes.subarray(cut)];
      const ours = [engine16(engine16(0xffff << 16, head), tail) >>> 16, engine32(engine32(-1, head), tail) >>> 0];
      const theirs = [crc16ccitt(tail, crc16ccitt(head)), crc32mpeg2(tail, crc32mpeg2(head)) >>> 0];
      expect([bytes.length, cut, ...ours]).toEqual([bytes.length, cut, ...theirs]);
    }
  });
});
