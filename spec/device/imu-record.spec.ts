import { imuRecord, imuSample } from '../../lib/device/imu-record.js';

/** A record as the layout says. */
function decoded(record: Uint8Array): Record<string, number> {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  return Object.fromEntries(
    imuRecord.fields.map(({ name, type, offset }) => [
      name,
      type === 'u64' ? Number(view.getBigUint64(offset, true)) : view.getFloat32(offset, true),
    ]),
  );
}

describe('a record of the imu', () => {
  const second = Array.from({ length: 10 * 208 }, (_, index) => decoded(imuSample(index)));

  it('has fields without gaps, lowest byte first', () => {
    const sizes = { u64: 8, f32: 4 };
    const ends = imuRecord.fields.map(({ type, offset }) => offset + sizes[type]);
    expect(imuRecord.fields.map(({ offset }) => offset)).toEqual([0, ...ends.slice(0, -1)]);
    expect([ends.at(-1), imuSample(0).length]).toEqual([imuRecord.bytes, imuRecord.bytes]);
    expect(imuSample(208).subarray(0, 8)).toEqual(Uint8Array.of(0x40, 0x42, 0x0f, 0, 0, 0, 0, 0));
  });

  it('is taken 208 times a second', () => {
    expect([0, 1, 2, 208, 2080].map((index) => decoded(imuSample(index))['timestampUs'])).toEqual([
      0, 4808, 9615, 1_000_000, 10_000_000,
    ]);
  });

  it('knows times of years, to the microsecond', () => {
    const year = 365 * 24 * 3600;
    expect(decoded(imuSample(208 * year))['timestampUs']).toBe(year * 1e6);
  });

  it('shows gravity, and a motion without jumps', () => {
    for (const { name } of imuRecord.fields.slice(1)) {
      const values = second.map((record) => record[name]!);
      const rest = name === 'accelerationZ' ? 9.81 : 0;
      expect(Math.max(...values)).toBeGreaterThan(rest + 0.1);
      expect(Math.min(...values)).toBeLessThan(rest - 0.1);
      values.slice(1).forEach((value, index) => expect(Math.abs(value - values[index]!)).toBeLessThan(0.05));
    }
  });

  it('depends on its number alone', () => {
    expect(imuSample(1234)).toEqual(imuSample(1234));
    expect(imuSample(1234)).not.toEqual(imuSample(1235));
  });
});
