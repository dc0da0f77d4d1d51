import { backOff } from '../../lib/host/back-off.js';
import { FrameRhythm } from '../../lib/host/frame-rhythm.js';
import { RoundTrip } from '../../lib/host/round-trip.js';
import { Clock } from '../device/clock.js';

describe('the wait for a reply', () => {
  const LIMITS = { shortestWaitMs: 4, longestWaitMs: 1000 };
  const take = (trip: RoundTrip, ms: number, times = 1): void => {
    for (let i = 0; i < times; i++) {
      trip.sent(0, false);
      trip.answered(ms);
    }
  };

  it('is 200 ms before anything was measured, doubled with each repeat up to a second', () => {
    const trip = new RoundTrip(LIMITS);
    expect([0, 1, 2, 3].map((repeats) => trip.waitMs(repeats))).toEqual([200, 400, 800, 1000]);
  });

  it('follows the round trips, but is never shorter than a camera may take', () => {
    const trip = new RoundTrip({ shortestWaitMs: 60, longestWaitMs: 1000 });
    take(trip, 1, 50);
    expect(trip.waitMs(0)).toBe(60);
    take(trip, 150, 50);
    expect(trip.waitMs(0)).toBeGreaterThan(150);
    expect(trip.waitMs(0)).toBeLessThan(200);
  });

  it('is a little longer than the round trip on a link where that is always the same', () => {
    const trip = new RoundTrip(LIMITS);
    take(trip, 100, 1000);
    expect(trip.waitMs(0)).toBeCloseTo(127, 6);
  });

  it('does not follow what was sent twice, for nobody knows which was answered', () => {
    const trip = new RoundTrip(LIMITS);
    take(trip, 10, 50);
    const usual = trip.waitMs(0);
    trip.sent(0, false);
    trip.sent(300, true);
    trip.answered(301);
    expect(trip.waitMs(0)).toBe(usual);
  });

  it('is as long as a reply took that was missed too early, by each copy that was one too many', () => {
    const trip = new RoundTrip(LIMITS);
    take(trip, 10, 50);
    const usual = trip.waitMs(0);
    [0, 20, 60].forEach((at, i) => trip.sent(at, i > 0));
    trip.answered(100);
    trip.late();
    expect(trip.waitMs(0)).toBe(80 * 1.25 + 2);
    trip.late();
    expect(trip.waitMs(0)).toBe(100 * 1.25 + 2);
    trip.late();
    expect(trip.waitMs(0)).toBe(100 * 1.25 + 2);
    take(trip, 10, 5);
    expect(trip.waitMs(0)).toBeCloseTo(usual, 1);
  });
});

describe('the pauses before a lost link is opened again', () => {
  const first = (count: number, random: number): number[] => {
    const delays = backOff(() => random);
    return Array.from({ length: count }, () => delays.next().value);
  };

  it('double from 100 ms to 2 s', () => {
    expect(first(7, 0)).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  });

  it('are up to a fifth longer', () => {
    expect(first(2, 1)).toEqual([120, 240]);
  });
});

describe('the rhythm of frames', () => {
  it('looks again within a few frames when the stream is lively', () => {
    const clock = new Clock();
    const rhythm = new FrameRhythm(clock);
    for (let i = 0; i < 20; i++) {
      clock.pass(20);
      rhythm.looked(true);
    }
    expect(rhythm.lookAfterMs()).toBe(60);
  });

  it('looks less and less often when there is nothing, and once a second in the end', () => {
    const clock = new Clock();
    const rhythm = new FrameRhythm(clock);
    for (let i = 0; i < 20; i++) {
      clock.pass(20);
      rhythm.looked(true);
    }
    const looks = Array.from({ length: 8 }, () => {
      rhythm.looked(false);
      return rhythm.lookAfterMs();
    });
    expect(looks).toEqual([120, 240, 480, 960, 1000, 1000, 1000, 1000]);
  });

  it('looks once a second before there was any frame', () => {
    expect(new FrameRhythm(new Clock()).lookAfterMs()).toBe(1000);
  });
});
