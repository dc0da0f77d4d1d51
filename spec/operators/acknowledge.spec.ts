import { from, Observable, of, Subject } from 'rxjs';
import { acknowledge, acknowledgement } from '../../lib/operators/acknowledge.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import type { Discarded, Packet } from '../../lib/wire/packet.js';
import { packet } from '../wire/fragments.js';
import { describeOperator } from './operator-contract.js';

type Unit = Packet | Discarded;

const { ACK, NAK, RTX, ACK_REQ, FRAGMENT, EVENT } = Flag;
const { CHANNEL_READ, CHANNEL_SIZE, CHANNEL_EVENT, CHANNEL_WRITE, PROTO_SYNC } = Opcode;

const data = (sequence: number, flags = 0) => packet(sequence, ACK_REQ | flags, [sequence]);
const reply = (sequence: number, flags: number, opcode: number = CHANNEL_WRITE) =>
  packet(sequence, flags, [], { channel: 4, opcode });
const event = (sequence: number, flags = 0, payload = [1, 0]) =>
  packet(sequence, EVENT | flags, payload, { channel: 5, opcode: CHANNEL_EVENT });
const garbage: Discarded = { kind: 'discarded', reason: 'garbage', bytes: 3 };

function damaged(opcode: number, flags: number, reason: Discarded['reason'] = 'payload'): Discarded {
  return { kind: 'discarded', reason, bytes: 10, header: { sequence: 9, channel: 3, flags, opcode, length: 4 } };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const sent = (sequence: number, flags: number, opcode: number = CHANNEL_READ, channel = 3) =>
  hex(encodePacket({ sequence, channel, opcode, flags }));

/** What goes out and what comes out, in the order in which it does. */
function run(units: readonly Unit[]): { out: Unit[]; sends: string[]; log: string[] } {
  const out: Unit[] = [];
  const sends: string[] = [];
  const log: string[] = [];
  const send = (bytes: Uint8Array) => {
    sends.push(hex(bytes));
    log.push('sent');
  };
  from(units)
    .pipe(acknowledge(send))
    .subscribe((unit) => {
      out.push(unit);
      log.push(unit.kind === 'packet' ? `emitted ${unit.sequence}` : `emitted ${unit.reason}`);
    });
  return { out, sends, log };
}

const values = { a: data(1), b: garbage, c: data(2) };
describeOperator<Unit, Unit>('acknowledge', {
  operator: () => acknowledge(() => undefined),
  inputs: values,
  outputs: values,
});

describe('acknowledge', () => {
  it("sends an ACK of ten bytes, with the packet's opcode, channel and sequence, before it emits the packet", () => {
    const { out, sends, log } = run([data(7)]);
    expect(out).toEqual([data(7)]);
    expect(sends).toEqual([sent(7, ACK)]);
    expect(sends[0]).toHaveLength(20);
    expect(log).toEqual(['sent', 'emitted 7']);
  });

  it('acknowledges each fragment of a message', () => {
    const run3 = [data(254, FRAGMENT), data(255, FRAGMENT), data(0)];
    const { out, sends } = run(run3);
    expect(out).toEqual(run3);
    expect(sends).toEqual([254, 255, 0].map((sequence) => sent(sequence, ACK)));
  });

  it('acknowledges only packets that ask for it', () => {
    const units = [packet(1, 0, [1]), reply(2, ACK), reply(3, NAK), event(4), garbage];
    const { out, sends } = run(units);
    expect(out).toEqual(units);
    expect(sends).toEqual([]);
  });

  it('emits discarded bytes in their place', () => {
    const units = [data(1), garbage, damaged(CHANNEL_READ, 0, 'too-long'), data(2)];
    expect(run(units).out).toEqual(units);
  });

  it('acknowledges a packet that arrives during an ACK after the current packet', () => {
    const source = new Subject<Unit>();
    const log: string[] = [];
    const send = (bytes: Uint8Array) => {
      log.push(`acknowledged ${bytes[2]}`);
      if (bytes[2]! < 3) source.next(data(bytes[2]! + 1));
    };
    source.pipe(acknowledge(send)).subscribe((unit) => log.push(`emitted ${(unit as Packet).sequence}`));
    source.next(data(1));
    expect(log).toEqual([1, 2, 3].flatMap((sequence) => [`acknowledged ${sequence}`, `emitted ${sequence}`]));
  });

  it('sends no ACK after it is unsubscribed from', () => {
    const source = new Subject<Unit>();
    const sends: number[] = [];
    const result$ = source.pipe(acknowledge((bytes) => sends.push(bytes[2]!)));
    const subscription = result$.subscribe(() => {
      // This one waits in turn, and nobody is there any more when its turn comes.
      source.next(data(2));
      subscription.unsubscribe();
    });
    source.next(data(1));
    source.next(data(3));
    expect(sends).toEqual([1]);
  });
});

describe('acknowledge, on repeats', () => {
  it('acknowledges a repeat and drops it', () => {
    const { out, sends } = run([data(7), data(7, RTX), data(8)]);
    expect(out).toEqual([data(7), data(8)]);
    expect(sends).toEqual([7, 7, 8].map((sequence) => sent(sequence, ACK)));
  });

  it('acknowledges a repeat again each time it arrives', () => {
    const { out, sends } = run([data(7), data(7, RTX), data(7, RTX), data(7, RTX)]);
    expect(out).toEqual([data(7)]);
    expect(sends).toHaveLength(4);
  });

  it('drops a duplicate without RTX', () => {
    const { out, sends } = run([data(7), data(7)]);
    expect(out).toEqual([data(7)]);
    expect(sends).toHaveLength(2);
  });

  it('drops a repeat that arrives after later packets', () => {
    const { out, sends } = run([data(7), data(8), data(9), data(7, RTX), data(8, RTX), data(10)]);
    expect(out).toEqual([7, 8, 9, 10].map((sequence) => data(sequence)));
    expect(sends).toHaveLength(6);
  });

  it('drops a repeat that arrives after other replies', () => {
    const { out } = run([data(7), reply(8, ACK), reply(9, NAK), data(7, RTX), data(7)]);
    expect(out).toEqual([data(7), reply(8, ACK), reply(9, NAK)]);
  });

  it('drops repeats across the wrap of the sequence', () => {
    expect(run([data(255), data(0), data(255, RTX), data(0, RTX)]).out).toEqual([data(255), data(0)]);
  });

  it('emits a packet marked as a repeat if its first copy was lost', () => {
    const units = [data(7), data(8, RTX), data(10, RTX)];
    expect(run(units).out).toEqual(units);
  });

  it('emits the very first packet even if it is marked as a repeat', () => {
    expect(run([data(7, RTX)]).out).toEqual([data(7, RTX)]);
  });

  it('emits a reply to another command that has the same sequence', () => {
    const other = packet(7, ACK_REQ, [1], { opcode: CHANNEL_SIZE });
    const elsewhere = packet(7, ACK_REQ, [1], { opcode: CHANNEL_SIZE, channel: 9 });
    expect(run([data(7), other, elsewhere]).out).toEqual([data(7), other, elsewhere]);
  });

  it('emits a packet with sequence 0 without RTX, because the device lost its session', () => {
    expect(run([data(100), data(0), data(1)]).out).toEqual([data(100), data(0), data(1)]);
  });

  it.each([ACK, NAK])(
    'emits data a whole wrap of the sequence after the last, with replies of flag %d between',
    (flags) => {
      const between = Array.from({ length: 255 }, (_, i) => reply((6 + i) & 0xff, flags));
      const { out } = run([data(5), ...between, data(5)]);
      expect(out).toHaveLength(257);
      expect(out.at(-1)).toEqual(data(5));
    },
  );

  it.each([128, 129, 200, 254])('emits data whose first copy was lost after %d replies without data', (count) => {
    const between = Array.from({ length: count }, (_, i) => reply((6 + i) & 0xff, ACK));
    const repeat = data((6 + count) & 0xff, RTX);
    expect(run([data(5), ...between, repeat]).out.at(-1)).toEqual(repeat);
  });

  it('still drops a repeat after 127 replies without data', () => {
    const between = Array.from({ length: 127 }, (_, i) => reply((6 + i) & 0xff, ACK));
    expect(run([data(5), ...between, data(5, RTX)]).out).toHaveLength(128);
  });

  it('tells a repeat 127 packets back from a new packet 128 ahead', () => {
    expect(run([data(132), data(5, RTX)]).out).toEqual([data(132)]);
    expect(run([data(133), data(5, RTX)]).out).toEqual([data(133), data(5, RTX)]);
  });

  it('forgets earlier packets at a SYNC, because the sequence starts again', () => {
    const sync = packet(0, ACK, [], { channel: 0, opcode: PROTO_SYNC });
    const units = [data(0), sync, data(0), sync, data(0, RTX)];
    expect(run(units).out).toEqual(units);
  });
});

describe('acknowledge, on events', () => {
  it('acknowledges an event that asks for it', () => {
    const { out, sends } = run([event(7, ACK_REQ)]);
    expect(out).toEqual([event(7, ACK_REQ)]);
    expect(sends).toEqual([sent(7, ACK, CHANNEL_EVENT, 5)]);
  });

  it('acknowledges a repeated event again and drops it', () => {
    const { out, sends } = run([event(7, ACK_REQ), event(7, ACK_REQ | RTX), event(7, ACK_REQ | RTX)]);
    expect(out).toEqual([event(7, ACK_REQ)]);
    expect(sends).toHaveLength(3);
  });

  it('recognises a repeat of the latest event', () => {
    const latest = event(7, ACK_REQ, [2, 0]);
    const { out } = run([event(7, ACK_REQ), latest, event(7, ACK_REQ | RTX, [2, 0])]);
    expect(out).toEqual([event(7, ACK_REQ), latest]);
  });

  it('emits equal events without RTX, because nothing marks them as repeats', () => {
    const units = [event(7, ACK_REQ), event(7, ACK_REQ), event(7), event(7)];
    expect(run(units).out).toEqual(units);
  });

  it.each([
    ['payload', event(7, ACK_REQ | RTX, [2, 0])],
    ['length', event(7, ACK_REQ | RTX, [1, 0, 0])],
    ['sequence', event(8, ACK_REQ | RTX)],
    ['channel', { ...event(7, ACK_REQ | RTX), channel: 6 }],
  ])('emits a repeat of another %s, whose first copy was lost', (_, repeat) => {
    expect(run([event(7, ACK_REQ), repeat]).out).toEqual([event(7, ACK_REQ), repeat]);
  });

  it('does not let an event change the sequence of replies', () => {
    const { out } = run([data(7), event(8, ACK_REQ), data(8), event(9), data(8, RTX)]);
    expect(out).toEqual([data(7), event(8, ACK_REQ), data(8), event(9)]);
  });
});

describe('acknowledge, on damaged packets', () => {
  it.each([
    ['asks for an ACK: whoever can do without it may say so', damaged(CHANNEL_SIZE, ACK_REQ)],
    ['did not ask for an ACK', damaged(CHANNEL_SIZE, 0)],
    ['is of CHANNEL_READ', damaged(CHANNEL_READ, ACK_REQ)],
    ['is an event', damaged(CHANNEL_EVENT, ACK_REQ | EVENT)],
    ['was too long', damaged(CHANNEL_SIZE, ACK_REQ, 'too-long')],
    ['never ended', damaged(CHANNEL_SIZE, ACK_REQ, 'incomplete')],
    ['has no intact header', garbage],
  ])('sends nothing for a packet that %s', (_, unit) => {
    const { sends, out } = run([unit]);
    expect(sends).toEqual([]);
    expect(out).toEqual([unit]);
  });

  it('emits the copy that the device repeats by its own timer, and acknowledges that', () => {
    const repeat = packet(9, ACK_REQ | RTX, [1, 2, 3, 4], { opcode: CHANNEL_SIZE });
    const { out, sends } = run([damaged(CHANNEL_SIZE, ACK_REQ), repeat]);
    expect(out.at(-1)).toEqual(repeat);
    expect(sends).toEqual([sent(9, ACK, CHANNEL_SIZE)]);
  });
});

describe('acknowledge, if sending fails', () => {
  const thrown = new Error('the port is gone');
  let sends = 0;
  const send = () => {
    sends++;
    throw thrown;
  };
  beforeEach(() => (sends = 0));

  it('errors once with the error of send, and then emits and sends nothing', () => {
    const seen: unknown[] = [];
    of<Unit[]>(data(1), data(2), data(3))
      .pipe(acknowledge(send))
      .subscribe({
        next: (value) => seen.push(value),
        error: (error: unknown) => seen.push(error),
        complete: () => seen.push('complete'),
      });
    expect(seen).toEqual([thrown]);
    expect(sends).toBe(1);
  });

  it('unsubscribes from its source', () => {
    let left = false;
    const source = new Subject<Unit>();
    new Observable<Unit>((subscriber) => source.subscribe(subscriber).add(() => (left = true)))
      .pipe(acknowledge(send))
      .subscribe({ error: () => undefined });
    source.next(event(1));
    expect(left).toBe(false);
    source.next(data(1));
    expect(left).toBe(true);
    expect(source.observed).toBe(false);
  });
});

describe('acknowledgement', () => {
  it("is ten bytes: the packet's header with only the flag ACK", () => {
    const bytes = acknowledgement({ sequence: 1, channel: 2, opcode: 3, flags: ACK_REQ | RTX });
    expect(hex(bytes)).toBe(sent(1, ACK, 3, 2));
    expect(bytes).toHaveLength(10);
  });
});
