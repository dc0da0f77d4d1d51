import { concat, from, NEVER, of, Subject, toArray } from 'rxjs';
import { decode } from '../../lib/operators/decode.js';
import type { Decoded } from '../../lib/wire/decoder.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { isPacket, type Packet } from '../../lib/wire/packet.js';
import { byteByByte } from '../wire/decoded.js';
import { cutAtRandom, random } from '../wire/random.js';
import { expected, received, receivedWhole, recordings, summary } from '../wire/recorded.js';
import { describeOperator, scheduler } from './operator-contract.js';

function packet(sequence: number, ...payload: number[]): Packet {
  return { kind: 'packet', sequence, channel: 3, flags: 0, opcode: 0x26, payload: Uint8Array.from(payload) };
}

const outputs = { a: packet(1, 1, 2, 3), b: packet(2), c: packet(3, 4) };
const inputs = { a: encodePacket(outputs.a), b: encodePacket(outputs.b), c: encodePacket(outputs.c) };

describeOperator<Uint8Array, Decoded>('decode', { operator: () => decode(), inputs, outputs });

describe('decode', () => {
  const halves = { p: inputs.a.slice(0, 12), q: inputs.a.slice(12), b: inputs.b };
  const incomplete = {
    kind: 'discarded',
    reason: 'incomplete',
    bytes: 10,
    header: { sequence: 1, channel: 3, flags: 0, opcode: 0x26, length: 3 },
  } as const;
  const garbage = (count: number) => ({ kind: 'discarded', reason: 'garbage', bytes: count }) as const;

  it.each(recordings)('finds the recorded packets: %s, %s', (name, side) => {
    const whole = receivedWhole(name, side);
    const seed = whole.length;
    for (const chunks of [received(name, side), [whole], byteByByte(whole), cutAtRandom(whole, random(seed), 100)]) {
      const units: Decoded[] = [];
      from(chunks)
        .pipe(decode())
        .subscribe((unit) => units.push(unit));
      expect([seed, summary(units, whole.length)]).toEqual([seed, expected(name, side)]);
    }
  });

  it('emits a packet when its last byte arrives', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('-p--q-|', halves).pipe(decode())).toBe('----a-|', outputs);
    });
  });

  it('emits all packets of a chunk in order', () => {
    const whole = Uint8Array.from([...inputs.a, ...inputs.b, 0, ...inputs.c]);
    of(whole)
      .pipe(decode(), toArray())
      .subscribe((units) => expect(units).toEqual([outputs.a, outputs.b, garbage(1), outputs.c]));
    expect.assertions(1);
  });

  it('stops in the middle of a chunk if it is unsubscribed from', () => {
    const seen: Decoded[] = [];
    const subscription = concat(of(Uint8Array.from([...inputs.a, ...inputs.b])), NEVER)
      .pipe(decode())
      .subscribe({ next: (unit) => seen.push(unit) });
    expect(seen).toHaveLength(2);
    subscription.unsubscribe();

    const source = new Subject<Uint8Array>();
    const first = source.pipe(decode()).subscribe((unit) => {
      seen.push(unit);
      first.unsubscribe();
    });
    source.next(Uint8Array.from([...inputs.a, ...inputs.b]));
    expect(seen).toHaveLength(3);
  });

  it('discards an unfinished packet on completion', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const values = { x: incomplete, y: garbage(2) };
      expectObservable(cold('-p-|', halves).pipe(decode())).toBe('---(xy|)', values);
    });
  });

  it('reports no unfinished packet if the source errors', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('-p-#', halves).pipe(decode())).toBe('---#');
    });
  });

  it('starts each subscription without leftovers of an earlier one', () => {
    const source = new Subject<Uint8Array>();
    const result$ = source.pipe(decode());
    result$.subscribe().add(() => undefined);
    source.next(halves.p);
    const late: Decoded[] = [];
    result$.subscribe((unit) => late.push(unit));
    source.next(halves.q);
    source.next(halves.b);
    expect(late).toEqual([garbage(halves.q.length), outputs.b]);
  });

  it('accepts no payload longer than its limit', () => {
    const units: Decoded[] = [];
    of(inputs.a, inputs.c)
      .pipe(decode({ maxPayload: 2 }))
      .subscribe((unit) => units.push(unit));
    expect(units.map((unit) => (isPacket(unit) ? unit.sequence : unit.reason))).toEqual(['too-long', 'garbage', 3]);
  });
});

describe('decode, with giveUp$', () => {
  const values = { ...inputs, p: inputs.a.slice(0, 12), q: inputs.a.slice(12) };
  const result = {
    ...outputs,
    x: {
      kind: 'discarded',
      reason: 'incomplete',
      bytes: 10,
      header: { sequence: 1, channel: 3, flags: 0, opcode: 0x26, length: 3 },
    },
    y: { kind: 'discarded', reason: 'garbage', bytes: 2 },
    z: { kind: 'discarded', reason: 'garbage', bytes: 5 },
  };

  it('emits the discarded bytes when it gives up, and continues', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-p-----q-b-|', values);
      const giveUp$ = hot('---g--------g');
      expectObservable(source.pipe(decode({ giveUp$ }))).toBe('---(xy)z-b-|', result);
      expectSubscriptions(giveUp$.subscriptions).toBe('^----------!');
    });
  });

  it('has nothing to discard between packets', () => {
    scheduler().run(({ hot, expectObservable }) => {
      const source = hot('-a---b-|', values);
      expectObservable(source.pipe(decode({ giveUp$: hot('---g----') }))).toBe('-a---b-|', result);
    });
  });

  it('ignores the completion of giveUp$', () => {
    scheduler().run(({ hot, expectObservable }) => {
      const source = hot('-p-q-b-|', values);
      expectObservable(source.pipe(decode({ giveUp$: hot('--|') }))).toBe('---a-b-|', result);
    });
  });

  it('errors if giveUp$ errors, and unsubscribes from the source', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-p-q-b-|', values);
      expectObservable(source.pipe(decode({ giveUp$: hot('----#') }))).toBe('-a--#', result);
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('unsubscribes from giveUp$ when it is unsubscribed from', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const giveUp$ = hot('-----');
      expectObservable(hot('-a-b-', values).pipe(decode({ giveUp$ })), '--!').toBe('-a-', result);
      expectSubscriptions(giveUp$.subscriptions).toBe('^-!');
    });
  });

  it('gives up after the current packet if that packet causes it', () => {
    const giveUp$ = new Subject<void>();
    const seen: unknown[] = [];
    of(Uint8Array.from([...inputs.a, ...inputs.b, ...values.p]))
      .pipe(decode({ giveUp$ }))
      .subscribe((unit) => {
        seen.push(unit);
        if (seen.length === 1) giveUp$.next();
      });
    expect(seen).toEqual([outputs.a, outputs.b, result.x, result.y]);
  });
});
