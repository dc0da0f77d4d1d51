import { frameRate } from './frame-rate.js';

describe('20 KB frames with acknowledgements, packets struck in both directions', () => {
  // Some 400 frames each.
  describe.each([
    [0, 4],
    [0.5, 5],
  ])('on a link of %d ms each way', (delayMs, seconds) => {
    const clean = frameRate({}, { delayMs, seconds }).framesPerSecond;

    it('come at 90 % of the clean rate under 1 % damage', () => {
      expect(frameRate({ damage: 0.01 }, { delayMs, seconds }).framesPerSecond).toBeGreaterThan(0.9 * clean);
    });

    it('come at 80 % of the clean rate under 1 % loss', () => {
      expect(frameRate({ loss: 0.01 }, { delayMs, seconds }).framesPerSecond).toBeGreaterThan(0.8 * clean);
    });

    it('still flow under 10 % of both', () => {
      const { framesPerSecond, longestGapMs } = frameRate({ loss: 0.1, damage: 0.1 }, { delayMs });
      expect(framesPerSecond).toBeGreaterThan(4);
      expect(longestGapMs).toBeLessThan(5000);
    });
  });
});

describe('frames without acknowledgements', () => {
  it.each([
    ['1 % damage', { damage: 0.01 }],
    ['1 % loss', { loss: 0.01 }],
  ])('of 20 KB come at 90 %% of the clean rate under %s', (_, faults) => {
    const clean = frameRate({}, { acks: false, seconds: 5 }).framesPerSecond;
    expect(frameRate(faults, { acks: false, seconds: 5 }).framesPerSecond).toBeGreaterThan(0.9 * clean);
  });

  it('of 600 KB under 1 % loss have only that read again which was lost', () => {
    const options = { acks: false, frameBytes: 600 * 1024, seconds: 1 };
    const clean = frameRate({}, options);
    const lossy = frameRate({ loss: 0.01 }, options);
    // Of 100 packets, one comes twice. The camera refuses up to 100 commands behind a lost one, with 16 bytes each: 1 % more.
    // A frame of 71 is lost after its UNLOCK. If slices of 32 KB came again for a packet, that would be 8 % more.
    expect(lossy.overhead - clean.overhead).toBeLessThan(0.04);
    expect(lossy.framesPerSecond).toBeGreaterThan(5);
  });
});
