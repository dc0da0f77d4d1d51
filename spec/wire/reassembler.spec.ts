import { Decoder } from '../../lib/wire/decoder.js';
import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { isPacket } from '../../lib/wire/packet.js';
import { Reassembler } from '../../lib/wire/reassembler.js';
import { Status } from '../../lib/wire/status.js';
import { last, messagesOf, packet, part, pushed, told } from './fragments.js';
import { receivedWhole } from './recorded.js';

const { ACK, NAK, RTX, ACK_REQ, FRAGMENT, EVENT } = Flag;

describe('Reassembler', () => {
  it('makes a message of a single packet, and shares its payload', () => {
    const one = packet(7, ACK_REQ, [1, 2]);
    const [message] = messagesOf([one]);
    expect(message).toEqual({
      kind: 'message',
      sequence: 7,
      channel: 3,
      flags: ACK_REQ,
      opcode: Opcode.CHANNEL_READ,
      packets: 1,
      payload: one.payload,
      missing: [],
      ended: true,
    });
    expect(message!.payload).toBe(one.payload);
  });

  it('joins fragments when the last one arrives, with the first sequence and the last flags', () => {
    const reassembler = new Reassembler();
    expect(reassembler.push(packet(7, FRAGMENT | ACK_REQ, [1, 2]))).toEqual([]);
    expect(reassembler.push(packet(8, FRAGMENT | ACK_REQ, [3, 4]))).toEqual([]);
    expect(reassembler.push(packet(9, ACK_REQ | RTX, [5]))).toEqual([
      expect.objectContaining({
        sequence: 7,
        flags: ACK_REQ | RTX,
        packets: 3,
        payload: Uint8Array.of(1, 2, 3, 4, 5),
        missing: [],
        ended: true,
      }),
    ]);
  });

  it('starts again after each message', () => {
    const units = pushed([part(1, 1), last(2, 2), last(3, 3), part(4, 4), part(5, 5), last(6, 6)]);
    expect(told(units)).toEqual([
      [1, [1, 2]],
      [3, [3]],
      [4, [4, 5, 6]],
    ]);
  });

  it('joins the frames of the captures to the length that the camera reported', () => {
    const packets = new Decoder().push(receivedWhole('frame-jpeg-noack', 'device')).filter(isPacket);
    const messages = messagesOf(packets);
    const reads = messages.filter(({ opcode, flags }) => opcode === Opcode.CHANNEL_READ && (flags & NAK) === 0);
    const sizes = messages.filter(({ opcode, flags }) => opcode === Opcode.CHANNEL_SIZE && (flags & NAK) === 0);
    expect(reads.length).toBeGreaterThan(1);
    for (const read of reads) {
      expect(read).toMatchObject({ missing: [], ended: true });
      const size = sizes.map(({ payload }) => Buffer.from(payload).readUInt32LE(0));
      expect(size).toContain(read.payload.length);
    }
  });
});

describe('Reassembler, with other packets between fragments', () => {
  it('emits an event at once, and the message continues', () => {
    const reassembler = new Reassembler();
    reassembler.push(part(7, 1));
    const event = packet(8, EVENT, [], { channel: 4, opcode: Opcode.CHANNEL_EVENT });
    expect(reassembler.push(event)).toEqual([expect.objectContaining({ channel: 4, flags: EVENT, packets: 1 })]);
    expect(told(reassembler.push(last(8, 2)))).toEqual([[7, [1, 2]]]);
  });

  it('takes an event of the same channel for an event, not a fragment', () => {
    expect(told(pushed([part(7, 1), packet(8, EVENT, [9]), last(8, 2)]))).toEqual([
      [8, [9]],
      [7, [1, 2]],
    ]);
  });

  it.each([
    ['an ACK', ACK],
    ['a NAK', NAK],
  ])('emits %s of another command, and misses nothing although it moved the sequence (PROTOCOL 4)', (_, flags) => {
    const other = packet(8, flags, [], { channel: 5, opcode: Opcode.CHANNEL_WRITE });
    expect(told(pushed([part(7, 1), other, part(9, 2), last(10, 3)]))).toEqual([
      [8, []],
      [7, [1, 2, 3]],
    ]);
  });

  it('misses nothing if such an ACK restarts the sequence', () => {
    const other = packet(0, ACK, [], { channel: 5, opcode: Opcode.CHANNEL_WRITE });
    expect(told(pushed([part(255, 1), other, last(1, 2)]))).toEqual([
      [0, []],
      [255, [1, 2]],
    ]);
  });

  it('counts a fragment that is lost next to an ACK', () => {
    const other = packet(8, ACK, [], { channel: 5, opcode: Opcode.CHANNEL_WRITE });
    expect(told(pushed([part(7, 1), other, last(10, 3)]))).toEqual([
      [8, []],
      [7, [1, 0, 3], '1 missing at 1'],
    ]);
  });

  it('emits the part that arrived if the command is refused in the middle', () => {
    const refusal = packet(9, NAK, [Status.FAILED, 0]);
    expect(told(pushed([part(7, 1, 2), part(8, 3, 4), refusal, last(10, 5)]))).toEqual([
      [7, [1, 2, 3, 4], 'not ended'],
      [9, [Status.FAILED, 0]],
      [10, [5]],
    ]);
  });

  it('ends the message at a SYNC, because both counters restart', () => {
    const sync = packet(0, ACK, [], { channel: 0, opcode: Opcode.PROTO_SYNC });
    expect(told(pushed([part(200, 1, 2), sync, last(1, 3)]))).toEqual([
      [200, [1, 2], 'not ended'],
      [0, []],
      [1, [3]],
    ]);
  });

  it.each([
    ['opcode', { opcode: Opcode.CHANNEL_SHAPE }],
    ['channel', { channel: 4 }],
  ])('emits a message that a reply of another %s cuts short, and then that reply', (_, other) => {
    expect(told(pushed([part(7, 1), part(8, 2), packet(9, 0, [3], other)]))).toEqual([
      [7, [1, 2], 'not ended'],
      [9, [3]],
    ]);
  });

  it('continues with the next message after one that was cut short', () => {
    const other = { channel: 4 };
    const packets = [part(7, 1), packet(8, FRAGMENT, [2], other), packet(9, 0, [3], other)];
    expect(told(pushed(packets))).toEqual([
      [7, [1], 'not ended'],
      [8, [2, 3]],
    ]);
  });
});

describe('Reassembler, with gaps and repeats', () => {
  it('leaves a hole of zeros for a missing fragment, and says where', () => {
    expect(told(pushed([part(7, 1, 2), part(9, 5, 6), last(10, 7)]))).toEqual([
      [7, [1, 2, 0, 0, 5, 6, 7], '2 missing at 2'],
    ]);
  });

  it('leaves holes of several fragments, and several holes', () => {
    expect(told(pushed([part(254, 1, 2), part(1, 5, 6), last(3, 7)]))).toEqual([
      [254, [1, 2, 0, 0, 0, 0, 5, 6, 0, 0, 7], '4 missing at 2', '2 missing at 8'],
    ]);
  });

  it('drops repeats of fragments that it has', () => {
    const repeats = [packet(7, FRAGMENT | RTX, [1]), packet(8, FRAGMENT | RTX, [2]), packet(8, RTX, [2])];
    expect(told(pushed([part(7, 1), part(8, 2), ...repeats, last(9, 3)]))).toEqual([[7, [1, 2, 3]]]);
  });

  it('tells a gap of 127 fragments from a repeat of a fragment 128 back', () => {
    const [ahead] = messagesOf([part(0, 1), last(128, 2)]);
    expect(ahead).toMatchObject({ missing: [{ offset: 1, length: 127 }], packets: 2 });
    expect(told(pushed([part(0, 1), last(129, 2), last(1, 3)]))).toEqual([[0, [1, 3]]]);
  });

  it('counts from 255 to 0', () => {
    expect(told(pushed([part(254, 1), part(255, 2), part(0, 3), last(1, 4)]))).toEqual([[254, [1, 2, 3, 4]]]);
  });

  it('joins messages of more than 256 fragments', () => {
    const fragments = Array.from({ length: 1000 }, (_, i) => part((250 + i) & 0xff, i & 0xff, i >> 8));
    const [message] = messagesOf([...fragments, last((250 + 1000) & 0xff, 9)]);
    expect(message).toMatchObject({ sequence: 250, packets: 1001, missing: [], ended: true });
    const want = [...Array.from({ length: 1000 }, (_, i) => [i & 0xff, i >> 8]).flat(), 9];
    expect(Buffer.from(message!.payload).equals(Buffer.from(want))).toBe(true);
  });

  it('finds the gap in a message of more than 256 fragments', () => {
    const fragments = Array.from({ length: 600 }, (_, i) => part(i & 0xff, 1, 1)).filter((__, i) => i !== 300);
    const [message] = messagesOf([...fragments, last(600 & 0xff, 1)]);
    expect(message).toMatchObject({ packets: 600, missing: [{ offset: 600, length: 2 }] });
    expect(message!.payload).toHaveLength(1201);
    expect(message!.payload.indexOf(0)).toBe(600);
    expect(message!.payload.lastIndexOf(0)).toBe(601);
  });
});

describe('Reassembler, when it gives up the rest', () => {
  it('returns nothing if no message is unfinished', () => {
    const reassembler = new Reassembler();
    expect(reassembler.giveUp()).toEqual([]);
    pushed([part(1, 1), last(2, 2)], reassembler);
    expect(reassembler.giveUp()).toEqual([]);
  });

  it('emits the unfinished message and starts again', () => {
    const reassembler = new Reassembler();
    pushed([part(1, 1), part(3, 3)], reassembler);
    expect(told(reassembler.giveUp())).toEqual([[1, [1, 0, 3], '1 missing at 1', 'not ended']]);
    expect(reassembler.giveUp()).toEqual([]);
    expect(told(pushed([last(9, 9)], reassembler))).toEqual([[9, [9]]]);
  });
});
