import { sameBytes } from '../../lib/wire/bytes.js';

describe('sameBytes', () => {
  it('compares lengths and every byte', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(sameBytes(bytes, bytes.slice())).toBe(true);
    expect(sameBytes(new Uint8Array(0), new Uint8Array(0))).toBe(true);
    expect(sameBytes(bytes, bytes.subarray(0, 2))).toBe(false);
    for (let at = 0; at < 3; at++)
      expect(
        sameBytes(
          bytes,
          Uint8Array.from(bytes, (byte, i) => (i === at ? 9 : byte)),
        ),
      ).toBe(false);
  });
});
