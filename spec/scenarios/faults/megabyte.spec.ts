import { writeAndReadBack } from './megabyte.js';

/** `npm run soak -- megabyte` has twenty of each. */
const SEEDS = [1, 2];

describe.each([512, 4096, 8192] as const)('a megabyte on a camera with a buffer of %d bytes', (bufferSize) => {
  it.each(SEEDS)('is written and read back as it was, at 1 %% loss both ways (seed %d)', (seed) => {
    const { right, error, resynchronisations } = writeAndReadBack(1_000_000, bufferSize, seed);
    expect({ right, error, resynchronisations }).toEqual({ right: true, error: undefined, resynchronisations: 0 });
  });
});
