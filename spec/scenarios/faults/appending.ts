import { catchError, concatMap, EMPTY, finalize, range } from 'rxjs';
import { Camera, isOpenMVError } from '../../../lib/index.js';
import { ChannelFlag } from '../../../lib/operators/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import type { Faults } from '../../../lib/transport/fault-line.js';
import { SteadyClock } from './steady-clock.js';
import { Wire, type Strikes } from './wire.js';

/** How many small writes ended in each way, and how often each kind of end was executed how many times. */
export interface Tally {
  readonly ended: Record<string, number>;
  /** `done x1`, `OUTCOME_UNKNOWN x0`, … */
  readonly executed: Record<string, number>;
  /** Writes that were executed more often, or less, than their end says. */
  readonly wrong: number;
  readonly virtualSeconds: number;
}

/** Writes numbers, one after another, to a channel that appends, over a faulty wire, and compares with what is there. */
export function append(count: number, acks: boolean, faults: Faults, seed: number, strikes?: Strikes): Tally {
  const clock = new SteadyClock();
  const wire = new Wire(clock, seed, strikes);
  const device = new VirtualCamera({ scheduler: clock, stdoutIntervalMs: false });
  const there = new Uint8Array(count);
  const write = (_: number, data: Uint8Array): number => {
    there[data[0]! | (data[1]! << 8) | (data[2]! << 16)]!++;
    return data.length;
  };
  device.device.register('log', { write }, ChannelFlag.WRITE);
  const camera = new Camera(wire.through(device.transport()), { scheduler: clock, capabilities: { ack: acks } });
  camera.connect();
  clock.pass(1000);
  wire.faults(faults);

  const ends: string[] = [];
  range(0, count)
    .pipe(
      concatMap((number) => {
        let end = 'done';
        return camera
          .channel('log')
          .write(Uint8Array.of(number, number >> 8, number >> 16))
          .pipe(
            catchError((error: unknown) => {
              end = isOpenMVError(error) ? error.code : String(error);
              return EMPTY;
            }),
            finalize(() => ends.push(end)),
          );
      }),
    )
    .subscribe();
  while (ends.length < count) clock.pass(1000);

  const tally = { ended: {} as Record<string, number>, executed: {} as Record<string, number>, wrong: 0 };
  ends.forEach((end, number) => {
    const times = there[number]!;
    const most = end === 'done' || end === 'OUTCOME_UNKNOWN' ? 1 : 0;
    tally.ended[end] = (tally.ended[end] ?? 0) + 1;
    tally.executed[`${end} x${times}`] = (tally.executed[`${end} x${times}`] ?? 0) + 1;
    if (times > most || (end === 'done' && times === 0)) tally.wrong++;
  });
  return { ...tally, virtualSeconds: clock.now() / 1000 };
}
