import { lateCamera, type LateFigures, type LateOptions } from '../scenarios/faults/late-camera.js';
import type { Figures } from './main.js';

const BUFFERS = [512, 4096, 8192] as const;
const PAUSES = [undefined, [10, 20], [20, 40], [50, 100], [100, 200], [1500, 5000], [6000, 12_000]] as const;
const FAULTS = { none: {}, loss: { loss: 0.01 }, damage: { damage: 0.01 }, both: { loss: 0.01, damage: 0.01 } };

/** Cameras that are busy in native code, on sound and on bad wires: frames a second, and what was lost with them. */
export function* late(seconds: number, seeds: number): Generator<Figures> {
  for (const acks of [true, false])
    for (const bufferSize of BUFFERS) {
      // A frame of 20 KB waits for 41 ACKs at 512 bytes: one that is always there leaves no time to make up for a loss.
      const framesPerSecond = bufferSize === 512 && acks ? 25 : 500;
      const host = { commandTimeoutMs: 10_000, openTimeoutMs: 10_000 };
      const kind: LateOptions = { acks, bufferSize, seconds, framesPerSecond, host };
      const clean = lateCamera(kind).framesPerSecond;
      for (const pause of PAUSES) {
        const busy = pause && { ms: pause[0], everyMs: pause[1] };
        const share = pause ? 1 - pause[0] / pause[1] : 1;
        const same = lateCamera({ ...kind, ...(busy && { busy }) });
        yield figures(kind, pause, 'none', [same], clean * share, 0.9);
        // Once is enough: more than one such pause in a run is not asked for.
        if (pause?.[0] === 6000) continue;
        for (const [name, faults] of Object.entries(FAULTS).slice(1)) {
          const runs = Array.from({ length: seeds }, (_, i) =>
            lateCamera({ ...kind, ...(busy && { busy }), talks: false, faults, seed: i + 1 }),
          );
          const frames = lateCamera({ ...kind, ...(busy && { busy }), talks: false }).framesPerSecond;
          yield figures(kind, pause, name, runs, frames, pause ? 0.7 : 0.95);
        }
      }
    }
}

function figures(
  { acks, bufferSize }: LateOptions,
  pause: readonly [number, number] | undefined,
  faults: string,
  runs: readonly LateFigures[],
  of: number,
  least: number,
): Figures {
  const ratios = runs.map(({ framesPerSecond }) => framesPerSecond / of).sort((a, b) => a - b);
  const median = ratios[ratios.length >> 1]!;
  const sum = (what: (run: LateFigures) => number): number => runs.reduce((total, run) => total + what(run), 0);
  const wrong = sum(({ torn, wrongWrites, errors }) => torn + wrongWrites + errors.length);
  const resynchronisations = sum((run) => run.resynchronisations);
  const unknown = faults === 'none' ? sum(({ writes }) => writes['OUTCOME_UNKNOWN'] ?? 0) : 0;
  return {
    name: 'late',
    held: median >= least && wrong === 0 && resynchronisations === 0 && unknown === 0,
    ...{ acks, bufferSize, busy: pause?.join('/') ?? 'never', faults, median: Number(median.toFixed(3)) },
    ...{ worst: Number(ratios[0]!.toFixed(3)), of: Number(of.toFixed(1)), resynchronisations, wrong, unknown },
  };
}
