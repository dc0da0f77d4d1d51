import { isOpenMVError } from '../../../lib/index.js';
import { ChannelFlag, Flag, Opcode, type Packet } from '../../../lib/operators/index.js';
import { pattern } from '../../contracts/far-end.js';
import { FaultyBench } from './faulty-bench.js';
import { lost, type Fate } from './wire.js';

const HELD = pattern(12_000);
const PICTURES = pattern(21_000, 3);
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

  it('a NAK CHECKSUM that comes twice has the write executed once, though its answer is lost', () => {
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
    bench.wire.once(
      'in',
      lost((packet) => isWrite(packet) && (packet.flags & Flag.ACK) !== 0),
    );
    numbers.forEach(write);
    bench.clock.pass(3000);
    expect(written).toEqual(numbers.map(() => 1));
    expect(ends).toEqual(['OUTCOME_UNKNOWN', ...numbers.slice(1).map(() => 'done')]);
  });

  it('the rest of a reply that was given up is not taken for the next one', () => {
    const picture = (index: number): Uint8Array<ArrayBuffer> => PICTURES.slice(index % 100, (index % 100) + 20_000);
    const bench = new FaultyBench({ frameSource: picture }, { capabilities: { ack: false } }).connected();
    let whole = 0;
    let other = 0;
    const known = new Set(Array.from({ length: 100 }, (_, index) => Buffer.from(picture(index)).toString('base64')));
    bench.camera.frames$.subscribe(({ data }) => {
      if (known.has(Buffer.from(data).toString('base64'))) whole++;
      else other++;
    });
    // Without acknowledgements nobody can tell what takes its time from what is lost: here, the rest of a frame.
    let fragments = 0;
    bench.wire.once(
      'in',
      ({ opcode }, bytes) => {
        if (opcode !== Opcode.CHANNEL_READ) return bytes;
        // A frame has five: of one in eight the second is lost, and the fourth is late.
        if (++fragments % 40 === 37) return undefined;
        if (fragments % 40 !== 39) return bytes;
        bench.wire.faults({}, {}, { delay: 100 });
        bench.clock.schedule(() => bench.wire.faults({ delay: 0.5 }), 120);
        return bytes;
      },
      Infinity,
    );
    bench.clock.pass(20_000);
    expect(other).toBe(0);
    expect(whole).toBeGreaterThan(50);
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
