import { takeFrames, WAYS } from './lossless.js';

/** `npm run soak -- lossless` has 10 000 of them, and recordings. */
const FRAMES = 200;

describe.each(Object.keys(WAYS))('%s', (way) => {
  it('has each frame that the camera publishes, beside a channel that is read, written and polled without a pause', () => {
    const { numbers, published, failure } = takeFrames(way, FRAMES);
    expect(failure).toBeUndefined();
    expect(numbers).toEqual(Array.from({ length: FRAMES }, (_, i) => numbers[0]! + i));
    expect(published).toBeLessThanOrEqual(numbers[0]! + FRAMES + 1);
  });
});
