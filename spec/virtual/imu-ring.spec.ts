import { imuSample } from '../../lib/virtual/imu-record.js';
import { IMU_RING_RECORDS, ImuRing } from '../../lib/virtual/imu-channel.js';

describe('the ring of the imu', () => {
  function ring(uptime = 0): { ring: ImuRing; at: (ms: number) => void } {
    let now = uptime;
    return { ring: new ImuRing(() => now), at: (ms) => (now = ms) };
  }
  const records = (from: number, to: number) =>
    Uint8Array.from(Array.from({ length: to - from }, (_, index) => [...imuSample(from + index)]).flat());

  it('is empty at first, however long the camera is on', () => {
    expect(ring().ring.size).toBe(0);
    const late = ring(60_000);
    expect([late.ring.size, late.ring.dropped]).toEqual([0, 0]);
    late.at(60_010);
    expect(late.ring.read(1000)).toEqual(records(60 * 208, 60 * 208 + 2));
  });

  it('fills with 208 records a second', () => {
    const { ring: imu, at } = ring();
    at(4.8);
    expect(imu.size).toBe(0);
    at(4.9);
    expect(imu.size).toBe(32);
    at(1000);
    expect([imu.records, imu.size]).toEqual([208, 208 * 32]);
  });

  it('gives the oldest first, each once, in whatever pieces it is read', () => {
    const { ring: imu, at } = ring();
    at(1000);
    const pieces = [1, 31, 33, 7, 512, 498, 64, 0, 5000, 10_000].map((size) => imu.read(size));
    expect(pieces.map(({ length }) => length)).toEqual([1, 31, 33, 7, 512, 498, 64, 0, 5000, 208 * 32 - 6146]);
    expect(Uint8Array.from(pieces.flatMap((piece) => [...piece]))).toEqual(records(0, 208));
    expect([imu.size, imu.read(32).length]).toEqual([0, 0]);
  });

  it('drops the oldest when nobody reads, and counts them', () => {
    const { ring: imu, at } = ring();
    at(60_000);
    const [taken, dropped] = [60 * 208, 60 * 208 - IMU_RING_RECORDS];
    expect([imu.records, imu.dropped]).toEqual([IMU_RING_RECORDS, dropped]);
    expect(imu.read(64)).toEqual(records(dropped, dropped + 2));
    at(61_000);
    expect([imu.records, imu.dropped]).toEqual([IMU_RING_RECORDS, taken + 208 - IMU_RING_RECORDS - 2]);
  });

  it('ends a record that was begun before it goes on behind those that were dropped', () => {
    const { ring: imu, at } = ring();
    at(1000);
    const begun = imu.read(40);
    at(60_000);
    expect(imu.size).toBe(24 + IMU_RING_RECORDS * 32);
    const [first] = [imu.read(24 + 32)];
    expect(Uint8Array.from([...begun, ...first.subarray(0, 24)])).toEqual(records(0, 2));
    expect(first.subarray(24)).toEqual(imuSample(60 * 208 - IMU_RING_RECORDS));
  });

  it('has nothing new while a clock is put back', () => {
    const { ring: imu, at } = ring(10_000);
    at(5000);
    expect([imu.size, imu.read(100).length]).toEqual([0, 0]);
  });
});
