import { Camera, traceLine, type LinkStatistics, type TraceEntry } from '../../lib/index.js';
import { faulty } from '../../lib/testing.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { Clock } from '../device/clock.js';
import { Bench } from './test-bench.js';

const kinds = (entries: readonly TraceEntry[]): Set<TraceEntry['kind']> => new Set(entries.map(({ kind }) => kind));

describe('trace$', () => {
  it('shows every packet of the handshake and each state, opening nothing by itself', () => {
    const bench = new Bench();
    const lines: string[] = [];
    bench.camera.trace$.subscribe((entry) => lines.push(traceLine(entry)));
    bench.pass(100);
    expect(lines).toEqual([]);
    const link = bench.camera.connect();
    bench.pass(100);
    expect(lines.slice(0, 6)).toEqual([
      '100 opening: opening virtual',
      '100 opening: asking the camera what it is',
      '100 sent PROTO_SYNC channel 0 sequence 0 flags 0x00 0 bytes',
      '100 received PROTO_SYNC channel 0 sequence 0 flags 0x01 0 bytes',
      '100 sent PROTO_GET_CAPS channel 0 sequence 0 flags 0x00 0 bytes',
      '100 received PROTO_GET_CAPS channel 0 sequence 0 flags 0x08 16 bytes',
    ]);
    expect(lines.at(-1)).toBe('100 ready: connected');
    link.unsubscribe();
  });

  it('tells of what was rejected, repeated, poked for and recovered, and how long it took', () => {
    const clock = new Clock();
    const device = new VirtualCamera({ scheduler: clock, stdoutIntervalMs: false });
    const camera = new Camera(faulty(device.transport(), { loss: 0.1, damage: 0.1, seed: 3, scheduler: clock }), {
      scheduler: clock,
    });
    const entries: TraceEntry[] = [];
    camera.trace$.subscribe((entry) => entries.push(entry));
    const link = camera.connect();
    for (let i = 0; i < 100; i++) {
      camera
        .channel('config')
        .size()
        .subscribe({ error: () => undefined });
      clock.pass(100);
    }
    for (const kind of ['sent', 'received', 'rejected', 'repeated', 'poked', 'recovered'] as const)
      expect(kinds(entries)).toContain(kind);
    for (const entry of entries) if (entry.kind === 'recovered') expect(entry.tookMs).toBeLessThan(2000);
    link.unsubscribe();
  });

  it('tells of a reboot and of a reconnection, with cause and time', () => {
    const bench = new Bench();
    const entries: TraceEntry[] = [];
    bench.camera.trace$.subscribe((entry) => entries.push(entry));
    const link = bench.camera.connect();
    bench.run();
    bench.camera.stop().subscribe();
    bench.pass(1000);
    bench.unplug(new Error('pulled'));
    bench.pass(1000);
    const of = (kind: TraceEntry['kind']): TraceEntry[] => entries.filter((entry) => entry.kind === kind);
    expect(of('rebooted')).toMatchObject([{ cause: expect.stringContaining('reboots') as string, tookMs: 100 }]);
    expect(of('reconnected')).toMatchObject([{ cause: expect.stringContaining('pulled') as string }]);
    link.unsubscribe();
  });
});

describe('stats$', () => {
  it('tells the present counts at once, then each second while they change', () => {
    const bench = new Bench();
    const seen: LinkStatistics[] = [];
    const watching = bench.camera.stats$.subscribe((statistics) => seen.push(statistics));
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ sentPackets: 0, receivedPackets: 0 });
    const frames = bench.camera.frames$.subscribe();
    bench.pass(5000);
    expect(seen).toHaveLength(6);
    frames.unsubscribe();
    bench.pass(10_000);
    expect(seen.length).toBeLessThanOrEqual(8);
    const last = seen.at(-1)!;
    expect(last.receivedBytes).toBeGreaterThan(5000 * 100);
    expect(last.rejected).toEqual({ garbage: 0, header: 0, 'too-long': 0, payload: 0, incomplete: 0 });
    expect(last).toMatchObject({ repeatedCommands: 0, pokes: 0, resynchronisations: 0, reboots: 0, reconnections: 0 });
    watching.unsubscribe();
  });

  it('counts reboots and reconnections', () => {
    const bench = new Bench();
    let last: LinkStatistics | undefined;
    bench.camera.stats$.subscribe((statistics) => (last = statistics));
    const link = bench.camera.connect();
    bench.run();
    bench.camera.stop().subscribe();
    bench.pass(1000);
    bench.unplug(new Error('pulled'));
    bench.pass(2000);
    expect(last).toMatchObject({ reboots: 1, reconnections: 1 });
    link.unsubscribe();
  });
});
