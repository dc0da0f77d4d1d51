import fc from 'fast-check';
import { from } from 'rxjs';
import { decode } from '../../lib/operators/decode.js';
import { reassemble } from '../../lib/operators/reassemble.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import type { Packet } from '../../lib/wire/packet.js';
import type { Message } from '../../lib/wire/reassembler.js';
import { packet } from '../wire/fragments.js';
import { chunked, concat, cuts } from './arbitraries.js';

interface Reply {
  readonly channel: number;
  readonly payload: Uint8Array;
}

const replies = fc.record({ channel: fc.integer({ min: 0, max: 31 }), payload: fc.uint8Array({ maxLength: 200 }) });
const size = fc.integer({ min: 1, max: 20 });
const sequence = fc.integer({ min: 0, max: 255 });
const events = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });

/** A reply as a device sends it: fragments of `size` bytes, the last one shorter (PROTOCOL 1, 4). */
function fragments({ channel, payload }: Reply, largest: number, first: number): Packet[] {
  const count = Math.max(1, Math.ceil(payload.length / largest));
  return Array.from({ length: count }, (_, i) => {
    const flags = i < count - 1 ? Flag.FRAGMENT : 0;
    const part = Array.from(payload.subarray(i * largest, (i + 1) * largest));
    return packet((first + i) & 0xff, flags, part, { channel });
  });
}

function received(packets: readonly Packet[], sizes: readonly number[]): Message[] {
  const messages: Message[] = [];
  from(chunked(concat(...packets.map((one) => encodePacket(one))), sizes))
    .pipe(decode(), reassemble())
    .subscribe((unit) => {
      if (unit.kind === 'message') messages.push(unit);
    });
  return messages;
}

const isEvent = ({ flags }: Message) => (flags & Flag.EVENT) !== 0;

describe('reassembling', () => {
  it('gives back each reply, whatever its fragments, its chunks and the events between', () => {
    fc.assert(
      fc.property(
        fc.array(replies, { maxLength: 5 }),
        size,
        sequence,
        events,
        cuts,
        (all, largest, first, at, sizes) => {
          let next = first;
          const sent = all.flatMap((reply) => {
            const run = fragments(reply, largest, next);
            next += run.length;
            return run;
          });
          const event = { channel: 9, opcode: Opcode.CHANNEL_EVENT };
          const withEvents = sent.flatMap((one, i) =>
            at[i % at.length] === true ? [packet(one.sequence, Flag.EVENT, [i & 0xff], event), one] : [one],
          );
          const messages = received(withEvents, sizes);
          expect(messages.filter(isEvent)).toHaveLength(withEvents.length - sent.length);
          const data = messages.filter((message) => !isEvent(message));
          expect(data.map(({ channel, payload }) => ({ channel, payload: Array.from(payload) }))).toEqual(
            all.map(({ channel, payload }) => ({ channel, payload: Array.from(payload) })),
          );
          for (const message of data) expect(message).toMatchObject({ missing: [], ended: true });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('says exactly which bytes of a reply are missing, and gives the others in their places', () => {
    const lost = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 });
    // More than 127 fragments in a row can't be told from a repeat.
    const short = replies.filter(({ payload }) => payload.length <= 128);
    fc.assert(
      fc.property(short, size, sequence, lost, cuts, (reply, largest, first, pattern, sizes) => {
        const run = fragments(reply, largest, first);
        // The first is where it begins and the last is how it is known to end.
        const isLost = (i: number) => i > 0 && i < run.length - 1 && pattern[i % pattern.length] === true;
        const [message] = received(
          run.filter((_, i) => !isLost(i)),
          sizes,
        );
        const missing = new Set(
          message!.missing.flatMap(({ offset, length }) => Array.from({ length }, (_, i) => offset + i)),
        );
        const want = Array.from(reply.payload, (byte, i) => (isLost(Math.floor(i / largest)) ? 'missing' : byte));
        expect(Array.from(message!.payload, (byte, i) => (missing.has(i) ? 'missing' : byte))).toEqual(want);
        for (const i of missing) expect(message!.payload[i]).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
