import { Decoder } from '../../lib/wire/decoder.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { isPacket } from '../../lib/wire/packet.js';
import { Reassembler, type Message } from '../../lib/wire/reassembler.js';
import { collectGarbage } from './collect-garbage.js';
import { last, messagesOf, part, pushed, told } from './fragments.js';

describe('Reassembler, on memory', () => {
  it('discards a message that is too long once, at its end', () => {
    const reassembler = new Reassembler({ maxMessage: 4 });
    const units = pushed([part(7, 1, 2), part(8, 3, 4), part(9, 5, 6), part(10, 7), last(11, 8)], reassembler);
    expect(units).toEqual([
      {
        kind: 'discarded',
        reason: 'too-long',
        bytes: 8,
        header: { sequence: 7, channel: 3, flags: Flag.FRAGMENT, opcode: Opcode.CHANNEL_READ, length: 8 },
      },
    ]);
    expect(told(pushed([last(12, 1, 2, 3, 4)], reassembler))).toEqual([[12, [1, 2, 3, 4]]]);
  });

  it('discards a single packet that is too long', () => {
    expect(told(pushed([last(7, 1, 2, 3)], new Reassembler({ maxMessage: 2 })))).toEqual([['too-long', 3]]);
  });

  it('counts holes as part of the length', () => {
    const reassembler = new Reassembler({ maxMessage: 5 });
    expect(told(pushed([part(1, 1, 2), last(4, 3)], reassembler))).toEqual([['too-long', 7]]);
    expect(told(pushed([part(5, 1, 2), last(7, 3)], reassembler))).toEqual([[5, [1, 2, 0, 0, 3], '2 missing at 2']]);
  });

  it.each([
    ['holds the payloads of a run that may become a message', 50_000, 50],
    ['lets go of all but the first as soon as the run is too long', 49_999, 1],
  ])('%s', async (_, maxMessage, held) => {
    const reassembler = new Reassembler({ maxMessage });
    const payloads = Array.from({ length: 50 }, (__, i) => {
      const payload = new Uint8Array(1000);
      reassembler.push({ ...part(i), payload });
      return new WeakRef(payload);
    });
    await collectGarbage();
    expect(payloads.filter((payload) => payload.deref() !== undefined)).toHaveLength(held);
    expect(reassembler.giveUp()).toHaveLength(1);
  });

  it('returns one view of fragments that are next to each other, without a copy', () => {
    const space = Uint8Array.of(9, 1, 2, 3, 4, 5, 9);
    const views = [space.subarray(1, 3), space.subarray(3, 5), space.subarray(5, 6)];
    const packets = views.map((payload, i) => ({ ...(i < 2 ? part(i) : last(i)), payload }));
    const [message] = messagesOf(packets);
    expect(message!.payload.buffer === space.buffer).toBe(true);
    expect([message!.payload.byteOffset, message!.payload.length]).toEqual([1, 5]);
  });

  it('returns that view even if a fragment is empty', () => {
    const space = Uint8Array.of(1, 2, 3);
    const packets = [
      { ...part(1), payload: space.subarray(0, 2) },
      part(2),
      { ...part(3), payload: space.subarray(2) },
    ];
    const [message] = messagesOf([...packets, last(4)]);
    expect(told([message!])).toEqual([[1, [1, 2, 3]]]);
    expect(message!.payload.buffer === space.buffer).toBe(true);
  });

  it.each([
    ['in the other order', [2, 0]],
    ['with a byte between', [0, 3]],
  ])('copies fragments that are in one buffer, but %s', (_, [first, second]) => {
    const space = Uint8Array.of(1, 2, 3, 4, 5);
    const views = [space.subarray(first, first! + 2), space.subarray(second, second! + 2)];
    const packets = [
      { ...part(1), payload: views[0]! },
      { ...last(2), payload: views[1]! },
    ];
    const [message] = messagesOf(packets);
    expect(Array.from(message!.payload)).toEqual([...views[0]!, ...views[1]!]);
    expect(message!.payload.buffer === space.buffer).toBe(false);
  });

  it('copies if a fragment between two neighbours is missing', () => {
    const space = Uint8Array.of(1, 2, 3, 4);
    const packets = [
      { ...part(1), payload: space.subarray(0, 2) },
      { ...last(3), payload: space.subarray(2) },
    ];
    expect(told(pushed(packets))).toEqual([[1, [1, 2, 0, 0, 3, 4], '2 missing at 2']]);
  });

  it('never shows a header in a hole that is as long as the gap between two payloads', () => {
    const payload = Array.from({ length: 14 }, (_, i) => i + 1);
    const sent = [part(1, ...payload), last(3, ...payload)].map((one) => encodePacket(one));
    const views = new Decoder().push(new Uint8Array(Buffer.concat(sent))).filter(isPacket);
    const zeros = Array<number>(14).fill(0);
    expect(told(pushed(views))).toEqual([[1, [...payload, ...zeros, ...payload], '14 missing at 14']]);
  });

  it('joins the payloads that the decoder gathered, without a copy', () => {
    const fragments = [part(1, 1, 2), part(2, 3, 4), last(3, 5)].map((one) => encodePacket(one));
    const decoder = new Decoder();
    const packets = fragments.flatMap((bytes) => [bytes.slice(0, 11), bytes.slice(11)]).flatMap((b) => decoder.push(b));
    const views = packets.filter(isPacket);
    const [message] = messagesOf(views);
    expect(told([message!])).toEqual([[1, [1, 2, 3, 4, 5]]]);
    expect(message!.payload.buffer === views[0]!.payload.buffer).toBe(true);
  });
});

describe('Reassembler, with a given destination', () => {
  const place = () => new Uint8Array(8).fill(99);

  it('joins the fragments in the destination, and does not touch the rest of it', () => {
    const into = place();
    const [message] = pushed([part(1, 1, 2), last(2, 3)], new Reassembler({ into: () => into }));
    expect(told([message!])).toEqual([[1, [1, 2, 3]]]);
    expect(Array.from(into)).toEqual([1, 2, 3, 99, 99, 99, 99, 99]);
    expect((message as Message).payload.buffer === into.buffer).toBe(true);
  });

  it('fills missing bytes with zeros in the destination', () => {
    const into = place();
    const units = pushed([part(1, 1, 2), last(3, 5)], new Reassembler({ into: () => into }));
    expect(told(units)).toEqual([[1, [1, 2, 0, 0, 5], '2 missing at 2']]);
    expect(Array.from(into)).toEqual([1, 2, 0, 0, 5, 99, 99, 99]);
  });

  it.each([
    ['it is too short', () => new Uint8Array(2)],
    ['there is none', () => undefined],
  ])('allocates a new array if %s', (_, into) => {
    expect(told(pushed([part(1, 1, 2), last(2, 3)], new Reassembler({ into })))).toEqual([[1, [1, 2, 3]]]);
  });

  it('asks for no destination if the bytes are contiguous', () => {
    const into = (): Uint8Array<ArrayBuffer> => {
      throw new Error('asked for a place');
    };
    const space = Uint8Array.of(1, 2, 3);
    const adjacent = [
      { ...part(2), payload: space.subarray(0, 2) },
      { ...last(3), payload: space.subarray(2) },
    ];
    const units = pushed([last(1, 9), ...adjacent], new Reassembler({ into }));
    expect(told(units)).toEqual([
      [1, [9]],
      [2, [1, 2, 3]],
    ]);
  });

  it('asks for a destination once for each message, at its end', () => {
    const places = [place(), place()];
    const asked = places.slice();
    const reassembler = new Reassembler({ into: () => asked.shift() });
    pushed([part(1, 1), part(2, 2)], reassembler);
    expect(asked).toHaveLength(2);
    const units = pushed([last(3, 3), part(4, 4), last(5, 5)], reassembler);
    expect(told(units)).toEqual([
      [1, [1, 2, 3]],
      [4, [4, 5]],
    ]);
    expect(places.map((one) => one[0])).toEqual([1, 4]);
  });
});
