import { backOff } from '../../lib/host/back-off.js';
import { FrameRhythm } from '../../lib/host/frame-rhythm.js';
import { RoundTrip } from '../../lib/host/round-trip.js';
import { Clock } from '../device/clock.js';

describe('the wait for a reply', () => {
  it('is 200 ms before anything was measured, doubled with each repeat up to a second', () => {
    const trip = new RoundTrip({ shortestWaitMs: 60, longestWaitMs: 1000 });
    expect([0, 1, 2, 3].map((repeats) => trip.waitMs(repeats))).toEqual([200, 400, 800, 1000]);
  });

  it('follows the round trips, but is never shorter than a camera may take', () => {
    const trip = new RoundTrip({ shortestWaitMs: 60, longestWaitMs: 1000 });
    for (let i = 0; i < 50; i++) trip.measured(1);
    expect(trip.waitMs(0)).toBe(60);
    for (let i = 0; i < 50; i++) trip.measured(150);
    expect(trip.waitMs(0)).toBeGreaterThan(150);
    expect(trip.waitMs(0)).toBeLessThan(200);
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
