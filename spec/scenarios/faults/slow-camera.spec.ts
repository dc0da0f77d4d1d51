import { delay, of } from 'rxjs';
import { isOpenMVError } from '../../../lib/index.js';
import { ChannelFlag } from '../../../lib/operators/index.js';
import { FaultyBench } from './faulty-bench.js';

/** Ten writes, one after another, to a channel whose back-end takes its time. */
function tenWrites(bench: FaultyBench, answersAfterMs: number): { ends: string[]; written: number; sent: number } {
  let written = 0;
  const write = (_: number, { length }: Uint8Array) => {
    written++;
    return of(length).pipe(delay(answersAfterMs, bench.clock));
  };
  bench.device.device.register('log', { write }, ChannelFlag.WRITE);
  bench.connected();
  const before = bench.wire.packets.out;
  const ends: string[] = [];
  for (let i = 0; i < 10; i++)
    bench.camera
      .channel('log')
      .write(Uint8Array.of(i))
      .subscribe({
        error: (error: unknown) => ends.push(isOpenMVError(error) ? error.code : String(error)),
        complete: () => ends.push('done'),
      });
  bench.clock.pass(10 * answersAfterMs + 1000);
  return { ends, written, sent: bench.wire.packets.out - before };
}

describe('a camera that takes its time', () => {
  // Each copy is answered, too: more than a few a write would be a storm.
  it.each([
    [100, 40],
    [700, 60],
    [3000, 250],
  ])('of %d ms for each write has each done once, and is not flooded', (ms, most) => {
    const { ends, written, sent } = tenWrites(new FaultyBench(), ms);
    expect(ends).toEqual(Array.from({ length: 10 }, () => 'done'));
    expect(written).toBe(10);
    expect(sent).toBeLessThan(most);
  });

  it.each([100, 700])('of %d ms for whatever it says shakes hands and serves', (ms) => {
    const bench = new FaultyBench({}, { openTimeoutMs: 20_000, commandTimeoutMs: 20_000 });
    bench.wire.faults({}, {}, { delay: ms });
    bench.camera.connect();
    let size: number | undefined;
    bench.camera
      .channel('config')
      .size()
      .subscribe((value) => (size = value));
    bench.clock.pass(15 * ms);
    expect(size).toBeGreaterThan(0);
    expect(bench.story()).toEqual(['closed', 'opening', 'opening', 'ready']);
    // SYNC, four questions, SET_CAPS, SIZE and their acknowledgements, and few copies.
    expect(bench.wire.packets.out).toBeLessThan(40);
  });

  it('from one command to the next, and quick again later, is followed both ways', () => {
    const bench = new FaultyBench().connected();
    const took = (): number => {
      const started = bench.clock.now();
      let ended = NaN;
      bench.camera.deviceStats().subscribe({ complete: () => (ended = bench.clock.now()) });
      bench.clock.pass(3000);
      return ended - started;
    };
    bench.wire.faults({}, {}, { delay: 300 });
    const sentWhileSlow = [1, 2, 3, 4, 5].map(() => {
      const before = bench.wire.packets.out;
      expect(took()).toBeLessThan(2000);
      return bench.wire.packets.out - before;
    });
    // The command behind the ACK of before, once more, and the ACK of its reply.
    expect(sentWhileSlow.at(-1)).toBe(3);
    bench.wire.faults({ delay: 0.5 });
    for (let i = 0; i < 20; i++) took();
    bench.wire.once('in', () => undefined);
    expect(took()).toBeLessThan(200);
  });
});
