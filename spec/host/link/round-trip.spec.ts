import { RoundTrip } from '../../../lib/host/link/round-trip.js';

describe('the wait for a reply', () => {
  const LIMITS = { shortestWaitMs: 4, longestWaitMs: 1000 };
  const take = (trip: RoundTrip, ms: number, times = 1): void => {
    for (let i = 0; i < times; i++) {
      trip.sent(0, false);
      trip.answered(ms, false);
    }
  };

  it('is 200 ms before anything was measured, and grows fourfold with each repeat, up to a second', () => {
    const trip = new RoundTrip(LIMITS);
    expect([0, 1, 2, 3].map((repeats) => trip.waitMs(repeats, 0))).toEqual([200, 800, 1000, 1000]);
  });

  it('is shorter for the next fragment of a reply, for ACKs do no harm', () => {
    const trip = new RoundTrip({ shortestWaitMs: 4, longestWaitMs: 1000 });
    take(trip, 0.5, 50);
    expect(trip.waitMs(0, 0)).toBe(4);
    expect(trip.fragmentWaitMs(0, 0)).toBeCloseTo(1.625, 2);
    expect(trip.fragmentWaitMs(1, 0)).toBe(4);
    expect(trip.fragmentWaitMs(2, 0)).toBe(16);
    // A camera that is late again and again may be free all the same.
    take(trip, 30, 10);
    expect(trip.waitMs(0, 0)).toBeGreaterThan(30);
    expect(trip.fragmentWaitMs(0, 0)).toBeLessThan(2);
  });

  it('follows the round trips, but is never shorter than a camera may take', () => {
    const trip = new RoundTrip({ shortestWaitMs: 60, longestWaitMs: 1000 });
    take(trip, 1, 50);
    expect(trip.waitMs(0, 0)).toBe(60);
    take(trip, 150, 50);
    expect(trip.waitMs(0, 0)).toBeGreaterThan(150);
    expect(trip.waitMs(0, 0)).toBeLessThan(200);
  });

  it('is a little longer than the round trip on a link where that is always the same', () => {
    const trip = new RoundTrip(LIMITS);
    take(trip, 100, 1000);
    expect(trip.waitMs(0, 0)).toBeCloseTo(127, 6);
  });

  it('does not follow what was sent twice, for nobody knows which was answered', () => {
    const trip = new RoundTrip(LIMITS);
    take(trip, 10, 50);
    const usual = trip.waitMs(0, 0);
    trip.sent(0, false);
    trip.sent(300, true);
    trip.answered(301, false);
    expect(trip.waitMs(0, 0)).toBe(usual);
  });

  it('is as long as a late reply took before a second copy goes out, and shorter again in time', () => {
    const trip = new RoundTrip(LIMITS);
    take(trip, 10, 50);
    [0, 20, 60].forEach((at, i) => trip.sent(at, i > 0));
    trip.answered(300, false);
    trip.late(300);
    take(trip, 10, 50);
    expect(trip.waitMs(1, 300)).toBe(280 * 1.25 + 2);
    expect(trip.waitMs(1, 1300)).toBeCloseTo((280 * 1.25 + 2) / 2, 1);
    expect(trip.waitMs(1, 10_000)).toBeLessThan(80);
  });

  it('follows replies that are late again and again, so that no copy goes out before them', () => {
    const trip = new RoundTrip(LIMITS);
    take(trip, 1, 50);
    for (let i = 0; i < 20; i++) {
      trip.sent(0, false);
      trip.sent(4, true);
      trip.answered(80, false);
      trip.late(80);
    }
    expect(trip.waitMs(0, 80)).toBeGreaterThan(80);
    expect(trip.waitMs(0, 80)).toBeLessThan(150);
  });

  it('does not follow one reply that took seconds where most are quick', () => {
    const trip = new RoundTrip(LIMITS);
    take(trip, 1, 50);
    trip.sent(0, false);
    trip.sent(4, true);
    trip.answered(6000, false);
    trip.late(6000);
    expect(trip.waitMs(0, 6000)).toBeLessThan(300);
    expect(trip.waitMs(1, 6000)).toBeLessThanOrEqual(1000);
  });

  it('learns nothing from a reply that the camera has repeated: it was lost, and not late', () => {
    const trip = new RoundTrip(LIMITS);
    take(trip, 1, 50);
    const usual = trip.waitMs(0, 0);
    trip.sent(0, false);
    trip.sent(4, true);
    trip.answered(500, true);
    trip.late(500);
    expect([trip.waitMs(0, 500), trip.waitMs(1, 500)]).toEqual([usual, 4 * usual]);
  });
});
