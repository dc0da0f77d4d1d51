import { isOpenMVError } from '../../../lib/index.js';
import { encodePacket, Flag, Opcode } from '../../../lib/operators/index.js';
import { decodeCapabilities } from '../../../lib/wire/payloads/index.js';
import { FaultyBench } from './faulty-bench.js';
import { lost } from './wire.js';

const CAPABILITIES = { ack: true, events: true, maxPayload: 400 };

/** What the host asked for in its last SET_CAPS. */
const askedFor = (bench: FaultyBench): unknown =>
  decodeCapabilities(bench.passed('out', Opcode.PROTO_SET_CAPS).at(-1)!.packet.payload);

/** A bench with a session of capabilities other than the default, and a stream that flows. */
function streaming(): { bench: FaultyBench; frames: number[] } {
  const bench = new FaultyBench({}, { capabilities: CAPABILITIES }).connected();
  const frames = bench.frames();
  bench.clock.pass(500);
  expect(frames.length).toBeGreaterThan(5);
  return { bench, frames };
}

/** The session that follows is as the first: capabilities, and the stream with all who look at it. */
function isRestored(bench: FaultyBench, frames: number[], packets: number): void {
  const before = frames.length;
  bench.clock.pass(2000);
  expect(bench.states.at(-1)).toMatchObject({ state: 'ready' });
  expect(bench.passed('out', Opcode.PROTO_SET_CAPS).length).toBeGreaterThan(packets);
  expect(askedFor(bench)).toMatchObject(CAPABILITIES);
  expect(frames.length - before).toBeGreaterThan(20);
  const longest = bench.wire.seen.slice(-200).map(({ packet }) => packet.payload.length);
  expect(Math.max(...longest)).toBeLessThanOrEqual(400);
}

const reasons = (bench: FaultyBench): string => bench.states.map(({ reason }) => reason).join('\n');
const setCaps = (bench: FaultyBench): number => bench.passed('out', Opcode.PROTO_SET_CAPS).length;

describe('a session that is lost', () => {
  it('because the camera burned its retransmissions is noticed at the next command, and restored', () => {
    const { bench, frames } = streaming();
    const before = setCaps(bench);
    // A bare NAK: the trap of PROTOCOL 5a.
    bench.wire.once('out', (packet, bytes) =>
      packet.opcode === Opcode.CHANNEL_SIZE && (packet.flags & Flag.ACK) !== 0
        ? encodePacket({ ...packet, flags: Flag.NAK })
        : bytes,
    );
    bench.clock.pass(300);
    expect(reasons(bench)).toContain('the camera lost its session');
    isRestored(bench, frames, before);
  });

  it('in a soft reboot in the middle of a read is followed by the next, with all that was subscribed to', () => {
    const { bench, frames } = streaming();
    const before = setCaps(bench);
    let reads = 0;
    bench.wire.once('in', (packet, bytes) => {
      if (packet.opcode !== Opcode.CHANNEL_READ || ++reads < 5) return bytes;
      bench.clock.schedule(() => bench.device.device.softReboot());
      return undefined;
    });
    bench.clock.pass(500);
    expect(bench.story()).toContain('rebooting');
    expect(reasons(bench)).toContain('the camera is back from its reboot');
    isRestored(bench, frames, before);
  });

  it('in a soft reboot that nobody could hear of is noticed all the same', () => {
    const { bench, frames } = streaming();
    const before = setCaps(bench);
    bench.wire.once(
      'in',
      lost(({ opcode }) => opcode === Opcode.SYS_EVENT),
    );
    bench.device.device.softReboot();
    bench.clock.pass(1500);
    expect(reasons(bench)).toContain('the camera lost its session');
    isRestored(bench, frames, before);
  });

  it('by a plug that is pulled in the middle of a write leaves that unknown, and is opened again', () => {
    const { bench, frames } = streaming();
    const before = setCaps(bench);
    let code: unknown;
    let pulled = false;
    bench.wire.once('out', (packet, bytes) => {
      if (packet.opcode !== Opcode.CHANNEL_WRITE) return bytes;
      pulled = true;
      bench.clock.schedule(() => bench.wire.unplug());
      return undefined;
    });
    bench.camera
      .channel('config')
      .write(new TextEncoder().encode('{"quality": 50}'))
      .subscribe({ error: (error: unknown) => (code = isOpenMVError(error) && error.code) });
    bench.clock.pass(1000);
    expect([pulled, code]).toEqual([true, 'OUTCOME_UNKNOWN']);
    expect(bench.story()).toContain('lost');
    expect(bench.wire.openings).toBe(2);
    isRestored(bench, frames, before);
  });

  it('does a write with the next that waited for its turn when the plug was pulled', () => {
    const { bench } = streaming();
    let done = false;
    bench.wire.unplug();
    bench.camera
      .channel('config')
      .write(new TextEncoder().encode('{"quality": 50}'))
      .subscribe({ complete: () => (done = true) });
    bench.clock.pass(1500);
    expect(done).toBe(true);
  });

  it.each([
    ['the SYNC is lost', 'out', 3],
    ['the answer to the SYNC is lost', 'in', 3],
  ] as const)('is begun again though %s', (_, way, times) => {
    const { bench, frames } = streaming();
    const before = setCaps(bench);
    bench.wire.once(
      way,
      lost(({ opcode }) => opcode === Opcode.PROTO_SYNC),
      times,
    );
    bench.wire.unplug();
    bench.clock.pass(1500);
    expect(bench.passed(way, Opcode.PROTO_SYNC).length).toBeGreaterThan(times);
    isRestored(bench, frames, before);
  });

  it('with its SET_CAPS unanswered is asked for them again', () => {
    const { bench, frames } = streaming();
    const before = setCaps(bench);
    bench.wire.once(
      'in',
      lost(({ opcode }) => opcode === Opcode.PROTO_SET_CAPS),
      2,
    );
    bench.wire.unplug();
    bench.clock.pass(1000);
    isRestored(bench, frames, before + 1);
  });
});
