import { byteByByte, decoded } from './decoded.js';
import { cutAtRandom, random } from './random.js';
import { expected, received, receivedWhole, recordings, summary } from './recorded.js';

describe('Decoder, on captures', () => {
  it.each(recordings)(
    'finds the same packets as an independent decoder, in the recorded chunks: %s, %s',
    (name, side) => {
      const want = expected(name, side);
      const chunks = received(name, side);
      const count = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      expect(summary(decoded(chunks), count)).toEqual(want);
    },
  );

  it.each(recordings)('finds the same packets in one chunk: %s, %s', (name, side) => {
    const whole = receivedWhole(name, side);
    expect(summary(decoded([whole]), whole.length)).toEqual(expected(name, side));
  });

  it.each(recordings)('finds the same packets byte by byte: %s, %s', (name, side) => {
    const whole = receivedWhole(name, side);
    const chunks = byteByByte(whole);
    expect(summary(decoded(chunks), whole.length)).toEqual(expected(name, side));
  });

  const cuts = [7, 64, 5000].flatMap((largest, seed) => recordings.map((entry) => [...entry, largest, seed] as const));
  it.each(cuts)(
    'finds the same packets split at random: %s, %s, chunks of at most %d bytes, seed %d',
    (name, side, ...cut) => {
      const [largest, seed] = cut;
      const whole = receivedWhole(name, side);
      const chunks = cutAtRandom(whole, random(seed), largest);
      expect(summary(decoded(chunks), whole.length)).toEqual(expected(name, side));
    },
  );
});
