import { FrameTally } from '../../../lib/cli/commands/frames.js';

describe('FrameTally', () => {
  it('counts from one, and computes the rate between the first and the last frame', () => {
    const tally = new FrameTally();
    const numbers = [1000, 1050, 1100, 1150].map((receivedAt) => tally.add({ data: new Uint8Array(10), receivedAt }));
    expect(numbers).toEqual([1, 2, 3, 4]);
    expect(tally.summary()).toEqual({ frames: 4, bytes: 40, seconds: 0.15, framesPerSecond: 20 });
  });

  it('gives no rate without two frames', () => {
    const tally = new FrameTally();
    expect(tally.summary()).toEqual({ frames: 0, bytes: 0, seconds: 0, framesPerSecond: 0 });
    tally.add({ data: new Uint8Array(10), receivedAt: 5000 });
    expect(tally.summary()).toEqual({ frames: 1, bytes: 10, seconds: 0, framesPerSecond: 0 });
  });
});
