import { IMU_RECORD_BYTES, imuLayout, imuSample } from '../../lib/virtual/imu-record.js';
import { struct } from '../../lib/host/struct/struct.js';

const codec = struct(imuLayout);
const decode = (record: Uint8Array) => codec.decode(record);

describe('a record of the imu', () => {
  const records = Array.from({ length: 10 * 208 }, (_, index) => decode(imuSample(index)));

  it('has fields without gaps, lowest byte first', () => {
    expect([codec.size, IMU_RECORD_BYTES, imuSample(0).length]).toEqual([32, 32, 32]);
    expect(imuSample(208).subarray(0, 8)).toEqual(Uint8Array.of(0x40, 0x42, 0x0f, 0, 0, 0, 0, 0));
  });

  it('is taken 208 times a second', () => {
    expect([0, 1, 2, 208, 2080].map((index) => decode(imuSample(index)).timestampUs)).toEqual([
      0n,
      4808n,
      9615n,
      1_000_000n,
      10_000_000n,
    ]);
  });

  it('knows times of years, to the microsecond', () => {
    const year = 365 * 24 * 3600;
    expect(decode(imuSample(208 * year)).timestampUs).toBe(BigInt(year) * 1_000_000n);
  });

  it('shows gravity, and a motion without jumps', () => {
    for (const [kind, rest] of [
      ['acceleration', { x: 0, y: 0, z: 9.81 }],
      ['rotation', { x: 0, y: 0, z: 0 }],
    ] as const) {
      for (const axis of ['x', 'y', 'z'] as const) {
        const values = records.map((record) => record[kind][axis]);
        expect(Math.max(...values)).toBeGreaterThan(rest[axis] + 0.1);
        expect(Math.min(...values)).toBeLessThan(rest[axis] - 0.1);
        values.slice(1).forEach((value, index) => expect(Math.abs(value - values[index]!)).toBeLessThan(0.05));
      }
    }
  });

  it('depends on its number alone', () => {
    expect(imuSample(1234)).toEqual(imuSample(1234));
    expect(imuSample(1234)).not.toEqual(imuSample(1235));
  });
});
