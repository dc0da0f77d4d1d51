import { catchError, concatMap, EMPTY, finalize, range, tap } from 'rxjs';
import { Camera, isOpenMVError } from '../../../lib/index.js';
import { ChannelFlag } from '../../../lib/operators/index.js';
import { faulty, type FaultyOptions } from '../../../lib/testing.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { seededRandom } from '../../../lib/transport/fault-line.js';
import { SteadyClock } from './steady-clock.js';

interface Told {
  /** Writes that were executed more often than their end says, or not though they completed. */
  readonly wrong: string[];
  readonly ended: Record<string, number>;
  readonly settled: number;
  readonly lastFrames: number;
}

/** Small writes and a stream, while what holds on the link is changed again and again, over a wire that loses packets. */
function renegotiated(faults: FaultyOptions, seed: number, writes: number, uncounted: boolean): Told {
  const clock = new SteadyClock();
  const device = new VirtualCamera({ scheduler: clock, stdoutIntervalMs: false, imu: false });
  const there = new Uint8Array(writes);
  const write = (_: number, data: Uint8Array): number => {
    const at = data[0]! | (data[1]! << 8);
    there[at]!++;
    return data.length;
  };
  device.device.register('log', { write }, ChannelFlag.WRITE);
  const camera = new Camera(faulty(device.transport(), { ...faults, seed, scheduler: clock }), {
    scheduler: clock,
    reconnect: 'always',
  });
  const random = seededRandom(seed + 1000);
  const coin = (): boolean => random() < 0.5;
  const tally: Told = { wrong: [], ended: {}, settled: 0, lastFrames: 0 };
  let frames = 0;
  let settled = 0;
  camera.frames$.subscribe({ next: () => frames++, error: (error: Error) => tally.wrong.push(error.message) });
  const change = (): void => {
    const wanted = { crc: coin(), seq: !(uncounted && coin()), ack: coin(), maxPayload: coin() ? 300 : 4082 };
    const asked = camera.negotiate(wanted).subscribe({
      next: () => settled++,
      error: () => undefined,
    });
    // Not everybody waits.
    if (random() < 0.3) clock.schedule(() => asked.unsubscribe(), random() * 3);
    clock.schedule(change, 20 + random() * 200);
  };
  clock.schedule(change, 500);

  const ends: string[] = [];
  range(0, writes)
    .pipe(
      concatMap((number) => {
        let end = 'done';
        return camera
          .channel('log')
          .write(Uint8Array.of(number, number >> 8, 1))
          .pipe(
            tap({ error: (error: unknown) => (end = isOpenMVError(error) ? error.code : String(error)) }),
            catchError(() => EMPTY),
            finalize(() => ends.push(end)),
          );
      }),
    )
    .subscribe();
  for (let passed = 0; ends.length < writes && passed < 3000; passed++) clock.pass(1000);
  frames = 0;
  clock.pass(20_000);
  ends.forEach((end, number) => {
    tally.ended[end] = (tally.ended[end] ?? 0) + 1;
    const times = there[number]!;
    const right = end === 'done' ? times === 1 : end === 'OUTCOME_UNKNOWN' ? times <= 1 : times === 0;
    if (!right) tally.wrong.push(`${number} ${end} x${times}`);
  });
  return { ...tally, settled, lastFrames: frames };
}

describe('capabilities that are changed while packets are lost', () => {
  // Where the camera does not count, a LOCK that is lost is waited for until its time is over.
  describe.each([
    ['but not the count', false, 300],
    ['and the count', true, 10],
  ])('%s', (_, uncounted, frames) => {
    it.each([1, 2, 3, 4, 5, 6])(
      'leave both ends of one opinion: nothing is written twice, frames come (seed %d)',
      (seed) => {
        const faults = { loss: 0.03, delay: 0.5 };
        const { wrong, ended, settled, lastFrames } = renegotiated(faults, seed, 600, uncounted);
        expect(wrong).toEqual([]);
        expect(Object.values(ended).reduce((sum, count) => sum + count, 0)).toBe(600);
        expect(settled).toBeGreaterThan(20);
        expect(lastFrames).toBeGreaterThan(frames);
      },
    );
  });
});
