import { ChannelFlag, Flag, isOpenMVError, Opcode, type Packet } from '../../../lib/index.js';
import { pattern } from '../../contracts/far-end.js';
import { FaultyBench } from './faulty-bench.js';
import { lost, type Fate } from './wire.js';

const HELD = pattern(12_000);
const numbers: readonly number[] = Array.from({ length: 20 }, (_, i) => i);

/** Brings a packet a second time. */
const twice =
  (which: (packet: Packet) => boolean): Fate =>
  (packet, bytes) =>
    which(packet) ? Uint8Array.of(...bytes, ...bytes) : bytes;

/** A bench with a channel that holds bytes, and one that counts how often each number was written. */
function benchWith(acks: boolean): {
  bench: FaultyBench;
  written: number[];
  ends: string[];
  write: (n: number) => void;
} {
  const bench = new FaultyBench({}, { capabilities: { ack: acks } });
  const written = numbers.map(() => 0);
  const { device } = bench.device;
  device.register('held', { size: () => HELD.length, readp: (at, size) => HELD.subarray(at, at + size) });
  device.register('log', { write: (_, data) => ++written[data[0]!]! }, ChannelFlag.WRITE);
  bench.connected();
  const ends: string[] = [];
  const write = (n: number): void => {
    bench.camera
      .channel('log')
      .write(Uint8Array.of(n))
      .subscribe({
        error: (error: unknown) => (ends[n] = isOpenMVError(error) ? error.code : String(error)),
        complete: () => (ends[n] = 'done'),
      });
  };
  return { bench, written, ends, write };
}

describe('what comes late or twice', () => {
  it.each([true, false])('a write that arrives twice and whose answer is lost is executed once (acks %s)', (acks) => {
    const { bench, written, ends, write } = benchWith(acks);
    const isWrite = ({ opcode }: Packet): boolean => opcode === Opcode.CHANNEL_WRITE;
    bench.wire.once('out', twice(isWrite));
    bench.wire.once('in', lost(isWrite));
    numbers.forEach(write);
    bench.clock.pass(3000);
    expect(written).toEqual(numbers.map(() => 1));
    expect(ends).toEqual(['OUTCOME_UNKNOWN', ...numbers.slice(1).map(() => 'done')]);
  });

  it('a NAK CHECKSUM that comes twice has the write sent again once', () => {
    const { bench, written, ends, write } = benchWith(true);
    const isWrite = ({ opcode }: Packet): boolean => opcode === Opcode.CHANNEL_WRITE;
    bench.wire.once('out', (packet, bytes) => {
      if (!isWrite(packet)) return bytes;
      const damaged = bytes.slice();
      damaged[12]! ^= 1;
      return damaged;
    });
    bench.wire.once(
      'in',
      twice((packet) => isWrite(packet) && (packet.flags & Flag.NAK) !== 0),
    );
    numbers.forEach(write);
    bench.clock.pass(3000);
    expect(written).toEqual(numbers.map(() => 1));
    expect(ends).toEqual(numbers.map(() => 'done'));
  });

  it('a BUSY that comes twice does not hide that the next LOCK was granted', () => {
    const bench = new FaultyBench({ framesPerSecond: 10 }).connected();
    bench.wire.once(
      'in',
      twice(({ opcode, flags }) => opcode === Opcode.CHANNEL_LOCK && (flags & Flag.NAK) !== 0),
      99,
    );
    const frames = bench.frames();
    bench.clock.pass(3000);
    expect(frames.length).toBeGreaterThanOrEqual(28);
    expect(frames).toEqual(frames.map((_, i) => frames[0]! + i));
  });

  it('the rest of a reply that was given up is not taken for the next one', () => {
    const { bench } = benchWith(false);
    const reads: Uint8Array[] = [];
    const read = (): void => {
      bench.camera
        .channel('held')
        .read()
        .subscribe({ next: (bytes) => reads.push(bytes) });
    };
    read();
    bench.clock.pass(100);
    // From the second fragment on it takes its time, which without acknowledgements nobody can tell from a loss.
    let fragments = 0;
    bench.wire.once('in', (packet, bytes) => {
      if (packet.opcode !== Opcode.CHANNEL_READ || ++fragments !== 1) return bytes;
      bench.clock.schedule(() => bench.wire.faults({}, {}, { delay: 150 }));
      return bytes.slice();
    });
    read();
    bench.clock.pass(5000);
    bench.wire.faults({ delay: 0.5 });
    read();
    bench.clock.pass(5000);
    expect(reads.length).toBeGreaterThanOrEqual(2);
    for (const bytes of reads) expect(Buffer.compare(bytes, HELD)).toBe(0);
  });

  it('an event that was said while a fragment waits for its acknowledgement is no sign of a lost session', () => {
    const { bench } = benchWith(true);
    bench.wire.faults({ delay: 3 });
    let read: Uint8Array | undefined;
    bench.camera
      .channel('held')
      .read()
      .subscribe((bytes) => (read = bytes));
    for (let i = 0; i < 50; i++) {
      bench.device.device.register(`c${i % 20}`, {}).unregister();
      bench.clock.pass(1);
    }
    bench.clock.pass(1000);
    expect(Buffer.compare(read!, HELD)).toBe(0);
    expect(bench.story().filter((state) => state === 'ready')).toHaveLength(1);
  });
});
