import { counted } from '../../../lib/cli/output/words.js';

describe('counted', () => {
  it.each([
    [0, '0 frames'],
    [1, '1 frame'],
    [2, '2 frames'],
  ])('%i are %s', (count, words) => {
    expect(counted(count, 'frame')).toBe(words);
  });
});
