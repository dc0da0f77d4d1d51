import { encodePacket, Opcode, type Packet } from '../../../lib/operators/index.js';
import { FaultyBench } from './faulty-bench.js';
import { lost } from './wire.js';

const rises = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number > numbers[i - 1]!);

describe('a stream', () => {
  it('goes on when an UNLOCK was not executed and nobody knows, so that the old frame stays locked', () => {
    const bench = new FaultyBench().connected();
    const frames = bench.frames();
    bench.clock.pass(500);
    const isUnlock = ({ opcode }: Packet): boolean => opcode === Opcode.CHANNEL_UNLOCK;
    // Two that bear a wrong number are refused in its place, and the first refusal is lost.
    bench.wire.once('out', (packet, bytes) => {
      const wrong = encodePacket({ ...packet, sequence: (packet.sequence + 99) & 0xff });
      return isUnlock(packet) ? Uint8Array.of(...wrong, ...wrong) : bytes;
    });
    bench.wire.once('in', lost(isUnlock));
    const before = frames.length;
    bench.clock.pass(2000);
    expect(frames.length - before).toBeGreaterThan(40);
    expect(rises(frames)).toBe(true);
  });

  it('shows no frame twice when the answers to an UNLOCK and to the next LOCK are lost', () => {
    const bench = new FaultyBench().connected();
    const frames = bench.frames();
    bench.clock.pass(500);
    const before = frames.length;
    bench.wire.once(
      'in',
      lost(({ opcode }) => opcode === Opcode.CHANNEL_UNLOCK),
    );
    bench.wire.once(
      'in',
      lost(({ opcode }) => opcode === Opcode.CHANNEL_LOCK),
    );
    bench.clock.pass(2000);
    expect(frames.length - before).toBeGreaterThan(40);
    expect(rises(frames)).toBe(true);
  });

  it('loses no frame when the answer to a LOCK is lost', () => {
    const bench = new FaultyBench({ framesPerSecond: 10 }).connected();
    const frames = bench.frames();
    bench.clock.pass(550);
    bench.wire.once(
      'in',
      lost(({ opcode }) => opcode === Opcode.CHANNEL_LOCK),
    );
    bench.clock.pass(1000);
    expect(frames).toEqual(frames.map((_, i) => frames[0]! + i));
    expect(frames.length).toBeGreaterThanOrEqual(15);
  });

  it('is read without delay when the notification of a frame is lost, because its time is predicted', () => {
    const bench = new FaultyBench({ framesPerSecond: 10 }).connected();
    const arrivals: number[] = [];
    bench.camera.frames$.subscribe(() => arrivals.push(bench.clock.now()));
    bench.clock.pass(2050);
    const { length } = bench.wire.seen.filter(({ fate }) => fate === 'lost');
    bench.wire.once(
      'in',
      lost(({ opcode, channel }) => opcode === Opcode.CHANNEL_EVENT && channel === 3),
    );
    bench.clock.pass(1000);
    const gaps = arrivals.map((at, i) => (i === 0 ? 0 : at - arrivals[i - 1]!));
    expect(bench.wire.seen.filter(({ fate }) => fate === 'lost')).toHaveLength(length + 1);
    expect(Math.max(...gaps)).toBeLessThan(110);
  });

  it('is switched on in the end, though a long read let nobody have a turn before the time was over', () => {
    const bench = new FaultyBench().connected();
    bench.device.device.register('long', { size: () => 20_000, readp: () => new Uint8Array(20_000) });
    bench.clock.pass(100);
    // What a read that consumes has lost is left to the device: 3.5 s for the first fragment, 1.5 s for the second.
    const times = new Map<number, number>();
    const unlucky = ({ opcode, channel, sequence }: Packet): boolean => {
      if (opcode !== Opcode.CHANNEL_READ || channel <= 3) return false;
      times.set(sequence, (times.get(sequence) ?? 0) + 1);
      return times.size <= 2 && times.get(sequence)! <= 4 - times.size;
    };
    bench.wire.once('in', lost(unlucky), 5);
    bench.camera
      .channel('long')
      .read()
      .subscribe({ error: () => undefined });
    bench.clock.pass(10);
    const frames = bench.frames();
    bench.clock.pass(10_000);
    expect(frames.length).toBeGreaterThan(20);
  });
});
