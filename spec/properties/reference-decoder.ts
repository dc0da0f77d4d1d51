/*
 * The packets in a whole stream of bytes, read off PROTOCOL 1 in the plainest way: CRCs one bit at a time, nothing
 * kept, no chunks. It shares no code with the library.
 */

export interface Found {
  readonly at: number;
  /** The whole packet, or `undefined` where only an intact header is. */
  readonly packet?: Uint8Array;
}

function crc(polynomial: number, width: 16 | 32, bytes: Uint8Array): number {
  // All ones, in the top bits.
  let register = -1 << (32 - width);
  for (const byte of bytes) {
    register ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) register = (register << 1) ^ (register < 0 ? polynomial << (32 - width) : 0);
  }
  return register >>> (32 - width);
}

/** The announced length of the header at `at`, if an intact one begins there. */
function announced(bytes: Buffer, at: number): number | undefined {
  if (bytes.length - at < 10 || bytes.readUInt16BE(at) !== 0xaad5) return undefined;
  const intact = crc(0xf94f, 16, bytes.subarray(at, at + 8)) === bytes.readUInt16LE(at + 8);
  return intact ? bytes.readUInt16LE(at + 6) : undefined;
}

/** Where intact headers begin, whatever follows them and whatever they stand in. */
export function headersIn(stream: Uint8Array): number[] {
  const bytes = Buffer.from(stream);
  return Array.from(bytes.keys()).filter((at) => announced(bytes, at) !== undefined);
}

/** The packets and the headers without one, of a stream that has ended. */
export function reference(stream: Uint8Array, maxPayload: number): Found[] {
  const bytes = Buffer.from(stream);
  const found: Found[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = announced(bytes, at);
    if (length === undefined) {
      at++;
      continue;
    }
    const end = at + 10 + length;
    const whole = length <= maxPayload && (length === 0 || end + 4 <= bytes.length);
    if (whole && (length === 0 || crc(0xfa567d89, 32, bytes.subarray(at + 10, end)) === bytes.readUInt32LE(end))) {
      const next = length === 0 ? end : end + 4;
      found.push({ at, packet: bytes.subarray(at, next) });
      at = next;
    } else {
      found.push({ at });
      at += 10;
    }
  }
  return found;
}
