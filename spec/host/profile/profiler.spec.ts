import { isOpenMVError } from '../../../lib/index.js';
import { profileChannel } from '../../../lib/device/index.js';
import type { ProfileRecord } from '../../../lib/host/profile/index.js';
import { defaultSystemInfo } from '../../../lib/device/board.js';
import { FaultyBench } from '../../scenarios/faults/faulty-bench.js';
import { Bench } from '../../scenarios/test-bench.js';

/** A camera with a profile of one function that ran twice, for 10 and 30 µs. */
function profiled(pmuCounters = 2): { bench: Bench; profile: ReturnType<typeof profileChannel> } {
  const { hardware } = defaultSystemInfo;
  const systemInfo = { ...defaultSystemInfo, hardware: { ...hardware, pmuCounters } };
  const bench = new Bench({ stdoutIntervalMs: false, systemInfo });
  const profile = profileChannel(bench.device.device);
  const run = (from: number, to: number): void => {
    const counters = (ticks: number) => ({
      ticks,
      cycles: 400 * ticks,
      events: Array<number>(pmuCounters).fill(ticks),
    });
    profile.enter(0x08001001, 0x08000010, counters(from));
    profile.exit(0x08001001, counters(to));
  };
  run(0, 10);
  run(100, 130);
  return { bench, profile };
}

function ends(): { observer: object; end: () => unknown } {
  let end: unknown;
  return {
    observer: {
      error: (error: unknown) => (end = isOpenMVError(error) ? error.code : error),
      complete: () => (end = 'done'),
    },
    end: () => end,
  };
}

describe('camera.profile', () => {
  it('reads the records of one moment, under the lock', () => {
    const { bench } = profiled();
    let records: readonly ProfileRecord[] | undefined;
    bench.camera.profile.read().subscribe((all) => (records = all));
    bench.pass(500);
    expect(records).toEqual([
      {
        address: 0x08001001,
        caller: 0x08000010,
        calls: 2,
        minTicks: 10,
        maxTicks: 30,
        totalTicks: 40,
        totalCycles: 16_000,
        events: [40, 40],
      },
    ]);
  });

  it('gives an empty list while there is none, and goes on', () => {
    const { bench } = profiled();
    const { observer, end } = ends();
    bench.camera.profile.reset().subscribe(observer);
    bench.pass(500);
    expect(end()).toBe('done');
    let records: readonly ProfileRecord[] | undefined;
    bench.camera.profile.read().subscribe((all) => (records = all));
    bench.pass(500);
    expect(records).toEqual([]);
  });

  it('reads a live table at once and then in its period, and nothing when nobody looks', () => {
    const { bench } = profiled();
    const calls: number[] = [];
    const subscription = bench.camera.profile.records(200).subscribe(([record]) => calls.push(record?.calls ?? 0));
    bench.pass(1050);
    expect(calls).toEqual([2, 2, 2, 2, 2, 2]);
    subscription.unsubscribe();
    bench.pass(3000);
    expect(bench.hostTimers).toBe(0);
  });

  it('sets the mode and what the counters count, by name and by number', () => {
    const { bench, profile } = profiled();
    const { observer, end } = ends();
    bench.camera.profile.mode('exclusive').subscribe(observer);
    bench.pass(500);
    expect(end()).toBe('done');
    bench.camera.profile.event(0, 'STALL_BACKEND').subscribe();
    bench.camera.profile.event(1, 0xc303).subscribe();
    bench.pass(500);
    expect(profile.events).toEqual([0x24, 0xc303]);
  });

  it('refuses nonsense at the call, and a counter that the camera has not', () => {
    const { bench } = profiled();
    const { profile } = bench.camera;
    expect(() => profile.mode('both' as 'inclusive')).toThrow(/'inclusive' or 'exclusive'/);
    expect(() => profile.event(0, 'NO_SUCH' as 'STALL')).toThrow(/NO_SUCH/);
    expect(() => profile.event(0, 0x10000)).toThrow(/65536/);
    expect(() => profile.records(0)).toThrow(/above 0/);
    const { observer, end } = ends();
    profile.event(2, 'STALL').subscribe(observer);
    bench.pass(500);
    expect(end()).toBe('INVALID_ARGUMENT');
  });

  it('errors with NO_SUCH_CHANNEL on a camera without it', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const { observer, end } = ends();
    bench.camera.profile.read().subscribe(observer);
    bench.pass(5000);
    expect(end()).toBe('NO_SUCH_CHANNEL');
  });

  it('is unlocked again when nobody waits for it any more', () => {
    const { bench } = profiled();
    bench.camera.connect();
    bench.pass(500);
    for (let step = 0; step < 6; step++) {
      const subscription = bench.camera.profile.read().subscribe();
      bench.pass(step);
      subscription.unsubscribe();
      bench.pass(100);
    }
    let records: readonly ProfileRecord[] = [];
    bench.camera.profile.read().subscribe((all) => (records = all));
    bench.pass(500);
    expect(records).toHaveLength(1);
  });

  it.each([1, 2, 3])('reads on where answers to a LOCK are lost, seed %d', (seed) => {
    const bench = new FaultyBench({ profile: true }, {}, seed).connected();
    bench.wire.faults({ loss: 0.05, damage: 0.05, delay: 0.5 });
    const { observer, end } = ends();
    let readings = 0;
    bench.camera.profile.records(100).subscribe({ ...observer, next: () => readings++ });
    bench.clock.pass(60_000);
    expect(end()).toBeUndefined();
    expect(readings).toBeGreaterThan(200);
  });
});
