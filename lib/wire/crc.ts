import { isBytes, requireArgument } from '../arguments.js';

/**
 * Updates a CRC register: most significant bit first, no reflection, no final xor, eight bytes per step ("slicing by 8").
 * A 16-bit CRC uses the top half of the 32-bit register, so one loop serves both CRCs of the protocol.
 */
export type CrcUpdate = (register: number, bytes: Uint8Array) => number;

/** Makes the engine for a polynomial, given in the top bits of a 32-bit word. */
export function crcEngine(polynomial: number): CrcUpdate {
  const table = slicingTable(polynomial);
  // Every index is in range. The casts tell the compiler so.
  return (register, bytes) => {
    let crc = register | 0;
    let i = 0;
    for (const end = bytes.length - 7; i < end; i += 8) {
      // These four bytes do not depend on the register, so the processor can look them up ahead.
      const ahead =
        (table[768 + (bytes[i + 4] as number)] as number) ^
        (table[512 + (bytes[i + 5] as number)] as number) ^
        (table[256 + (bytes[i + 6] as number)] as number) ^
        (table[bytes[i + 7] as number] as number);
      crc ^=
        ((bytes[i] as number) << 24) |
        ((bytes[i + 1] as number) << 16) |
        ((bytes[i + 2] as number) << 8) |
        (bytes[i + 3] as number);
      crc =
        (table[1792 + (crc >>> 24)] as number) ^
        (table[1536 + ((crc >>> 16) & 0xff)] as number) ^
        (table[1280 + ((crc >>> 8) & 0xff)] as number) ^
        (table[1024 + (crc & 0xff)] as number) ^
        ahead;
    }
    for (; i < bytes.length; i++) crc = (crc << 8) ^ (table[(crc >>> 24) ^ (bytes[i] as number)] as number);
    return crc;
  };
}

/** Eight tables in one. Table `k` holds the effect of a byte with `k` further bytes behind it. */
function slicingTable(polynomial: number): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ polynomial : crc << 1;
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const crc = table[i - 256] as number;
    table[i] = (crc << 8) ^ (table[crc >>> 24] as number);
  }
  return table;
}

const update16 = crcEngine(0xf94f0000);
const update32 = crcEngine(0xfa567d89);

/**
 * CRC-16 of the protocol's headers: polynomial 0xF94F, initial 0xFFFF (PROTOCOL 1).
 *
 * @param previous the CRC of the bytes before these, to compute one in parts
 * @returns 0 to 0xFFFF; 0xE541 for the ASCII bytes "123456789"
 */
export function crc16(bytes: Uint8Array, previous = 0xffff): number {
  requireArgument(isBytes(bytes), 'crc16 takes a Uint8Array', bytes);
  return update16(previous << 16, bytes) >>> 16;
}

/**
 * CRC-32 of the protocol's payloads: polynomial 0xFA567D89, initial 0xFFFFFFFF (PROTOCOL 1).
 *
 * @param previous the CRC of the bytes before these, to compute one in parts
 * @returns 0 to 0xFFFFFFFF; 0x41B403D3 for the ASCII bytes "123456789"
 */
export function crc32(bytes: Uint8Array, previous = 0xffffffff): number {
  requireArgument(isBytes(bytes), 'crc32 takes a Uint8Array', bytes);
  return update32(previous, bytes) >>> 0;
}
