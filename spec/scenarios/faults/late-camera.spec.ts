import { lateCamera, type LateFigures, type LateOptions } from './late-camera.js';

/** Milliseconds busy of each period. `npm run soak -- late` has all of it, with more seeds and for longer. */
const PAUSES = [
  [10, 20],
  [20, 40],
  [50, 100],
  [100, 200],
] as const;

/** Small packets cost the most time to simulate, so they come at a slower pace and with smaller frames. */
const SMALL = { frameBytes: 5 * 1024, delayMs: 0.5 };

const kinds = [true, false].flatMap((acks) =>
  ([512, 4096, 8192] as const).map((bufferSize) => ({
    acks,
    bufferSize,
    seconds: 2,
    ...(bufferSize === 512 && SMALL),
  })),
);
const busy = ([ms, everyMs]: readonly [number, number]) => ({ ms, everyMs });

/** What a camera that is only late must not cost. */
function expectUnharmed(figures: LateFigures): void {
  const { resynchronisations, torn, wrongWrites, errors, writes, printed, read } = figures;
  expect({ resynchronisations, torn, wrongWrites, errors }).toEqual({
    resynchronisations: 0,
    torn: 0,
    wrongWrites: 0,
    errors: [],
  });
  expect(Object.keys(writes)).toEqual(['done']);
  expect(printed - read).toBeLessThan(2);
}

describe.each(kinds)('a camera with acks $acks and a buffer of $bufferSize that is busy in native code', (kind) => {
  const clean = lateCamera(kind).framesPerSecond;

  // All pauses for the usual size, the shortest and the longest for the others; `npm run soak -- late` has all of all.
  const isUsual = kind.bufferSize === 4096;
  const pauses = isUsual ? PAUSES : [PAUSES[0], PAUSES[3]];

  it.each(pauses)('%i of every %i ms costs that time, and nothing else', (...pause) => {
    const figures = lateCamera({ ...kind, busy: busy(pause) });
    expectUnharmed(figures);
    expect(figures.framesPerSecond).toBeGreaterThan((0.9 * clean) / 2);
  });

  if (!isUsual) return;

  it('once for 1.5 s costs that time, and nothing else', () => {
    const figures = lateCamera({ ...kind, busy: { ms: 1500, everyMs: 3500 }, seconds: 4 });
    expectUnharmed(figures);
    expect(figures.framesPerSecond).toBeGreaterThan((0.9 * clean * 2.5) / 4);
  });

  it('once for 6 s costs that time where the deadlines allow it, and no session where they do not', () => {
    const options: LateOptions = { ...kind, busy: { ms: 6000, everyMs: 7500 }, seconds: 8 };
    const patient = lateCamera({ ...options, host: { commandTimeoutMs: 10_000, openTimeoutMs: 10_000 } });
    expectUnharmed(patient);
    expect(patient.framesPerSecond).toBeGreaterThan((0.9 * clean * 2) / 8);
    const { resynchronisations, errors, framesPerSecond } = lateCamera({ ...options, talks: false });
    expect([resynchronisations, errors]).toEqual([0, []]);
    expect(framesPerSecond).toBeGreaterThan((0.9 * clean * 2) / 8);
  });
});

describe.each([true, false])(
  'a camera with acks %p on a wire that loses and damages 1 %% of the packets each way',
  (acks) => {
    const rate = (options: LateOptions): number => {
      const figures = lateCamera({ acks, talks: false, seconds: 5, ...options });
      const { resynchronisations, torn, errors } = figures;
      expect([resynchronisations, torn, errors]).toEqual([0, 0, []]);
      return figures.framesPerSecond;
    };
    const faults = { loss: 0.01, damage: 0.01 };

    it('sends nearly all its frames while it is never late', () => {
      expect(rate({ faults })).toBeGreaterThan(0.92 * rate({}));
    });

    it('sends most of them while it is late as well', () => {
      const late = { busy: { ms: 50, everyMs: 100 } };
      expect(rate({ ...late, faults })).toBeGreaterThan(0.7 * rate(late));
    });
  },
);
