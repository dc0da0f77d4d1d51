import { from, Subject } from 'rxjs';
import { reassemble } from '../../lib/operators/reassemble.js';
import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import type { Discarded, Packet } from '../../lib/wire/packet.js';
import type { Message } from '../../lib/wire/reassembler.js';
import { last, messagesOf, packet, part, told } from '../wire/fragments.js';
import { describeOperator, scheduler } from './operator-contract.js';

type Unit = Packet | Discarded;
type Result = Message | Discarded;

const garbage: Discarded = { kind: 'discarded', reason: 'garbage', bytes: 3 };
const event = packet(2, Flag.EVENT, [9], { channel: 5, opcode: Opcode.CHANNEL_EVENT });
const message = (...packets: Packet[]): Message => messagesOf(packets)[0]!;
/** The run of these fragments, cut short. */
const cut = (...packets: Packet[]): Message => messagesOf([...packets, event, packet(0, 0, [], { channel: 9 })])[1]!;

const wholes = { a: last(1, 1), b: garbage, c: last(2, 2) };
describeOperator<Unit, Result>('reassemble', {
  operator: () => reassemble(),
  inputs: wholes,
  outputs: { a: message(wholes.a), b: garbage, c: message(wholes.c) },
});

describe('reassemble', () => {
  const inputs: Record<string, Unit> = { p: part(1, 1), q: part(2, 2), r: last(3, 3), e: event, g: garbage };
  const results: Record<string, Result> = {
    m: message(part(1, 1), part(2, 2), last(3, 3)),
    n: cut(part(1, 1), part(2, 2)),
    o: message(last(3, 3)),
    e: message(event),
    g: garbage,
  };

  it('emits a message when its last fragment arrives', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('-p-q-r-|', inputs).pipe(reassemble())).toBe('-----m-|', results);
    });
  });

  it('emits events and discarded bytes between fragments at once', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('-p-e-q-g-r-|', inputs).pipe(reassemble())).toBe('---e---g-m-|', results);
    });
  });

  it('emits an unfinished message on completion, marked as not ended', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('-p-q-|', inputs).pipe(reassemble())).toBe('-----(n|)', results);
    });
    expect(told([results['n']!])).toEqual([[1, [1, 2], 'not ended']]);
  });

  it('reports no unfinished message if the source errors', () => {
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('-p-q-#', inputs).pipe(reassemble())).toBe('-----#');
    });
  });

  it('starts each subscription without an unfinished message', () => {
    const source = new Subject<Unit>();
    const result$ = source.pipe(reassemble());
    const early: Result[] = [];
    const late: Result[] = [];
    result$.subscribe((unit) => early.push(unit));
    source.next(part(1, 1));
    source.next(part(2, 2));
    result$.subscribe((unit) => late.push(unit));
    source.next(last(3, 3));
    expect(told(early)).toEqual([[1, [1, 2, 3]]]);
    expect(told(late)).toEqual([[3, [3]]]);
  });

  it('discards messages longer than its limit', () => {
    const seen: Result[] = [];
    from([part(1, 1, 2), last(2, 3), last(3, 4, 5)])
      .pipe(reassemble({ maxMessage: 2 }))
      .subscribe((unit) => seen.push(unit));
    expect(told(seen)).toEqual([
      ['too-long', 3],
      [3, [4, 5]],
    ]);
  });

  it('emits the unfinished message when it gives up, and continues', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const giveUp$ = hot('-----g-------');
      const source = hot('-p-q---r-|', inputs);
      expectObservable(source.pipe(reassemble({ giveUp$ }))).toBe('-----n-o-|', results);
      expectSubscriptions(giveUp$.subscriptions).toBe('^--------!');
    });
  });

  it('has nothing to give up between messages, and ignores the completion of giveUp$', () => {
    scheduler().run(({ hot, expectObservable }) => {
      const source = hot('-r--p-q-r-|', inputs);
      const giveUp$ = hot('--g-|');
      expectObservable(source.pipe(reassemble({ giveUp$ }))).toBe('-o------m-|', results);
    });
  });

  it('errors if giveUp$ errors, and unsubscribes from the source', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-p-q-r-|', inputs);
      expectObservable(source.pipe(reassemble({ giveUp$: hot('--#') }))).toBe('--#', results);
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('unsubscribes from giveUp$ when it is unsubscribed from', () => {
    scheduler().run(({ hot, expectObservable, expectSubscriptions }) => {
      const giveUp$ = hot('-------');
      expectObservable(hot('-r-----', inputs).pipe(reassemble({ giveUp$ })), '---!').toBe('-o-', results);
      expectSubscriptions(giveUp$.subscriptions).toBe('^--!');
    });
  });

  it('gives up after the current message if that message causes it', () => {
    const source = new Subject<Unit>();
    const giveUp$ = new Subject<void>();
    const log: unknown[] = [];
    source.pipe(reassemble({ giveUp$ })).subscribe((unit) => {
      if (log.length === 0) {
        source.next(part(4, 4));
        giveUp$.next();
      }
      log.push(...told([unit]));
    });
    source.next(last(3, 3));
    expect(log).toEqual([
      [3, [3]],
      [4, [4], 'not ended'],
    ]);
  });
});
