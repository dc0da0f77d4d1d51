import { BehaviorSubject, Observable, of, type Subscriber } from 'rxjs';
import type { WidgetBytes, WidgetCamera } from '../../lib/widgets/widgets.js';

/** One write that was begun, to be acknowledged by the spec. */
export interface FakeWrite {
  readonly bytes: Uint8Array;
  readonly atLeastOnce: boolean;
  readonly subscriber: Subscriber<unknown>;
  acknowledge(): void;
}

/** A camera of which a spec decides when it answers, with all that was asked of it on record. */
export class FakeCamera implements WidgetCamera {
  readonly writes: FakeWrite[] = [];
  /** How many writes are subscribed to at this moment, and the most there ever were. */
  underWay = 0;
  mostUnderWay = 0;
  reads = 0;
  readings = 0;
  /** What it holds, for `read()` and, as it changes, for `value$`. */
  readonly holds$: BehaviorSubject<Uint8Array<ArrayBuffer>>;
  info$: Observable<{ maxWriteBytes: number }>;
  /** Acknowledges each write in the call that begins it. */
  atOnce = false;

  constructor(holds: Uint8Array<ArrayBuffer>, maxPayload = 4082) {
    this.holds$ = new BehaviorSubject(holds);
    this.info$ = of({ maxWriteBytes: maxPayload - 8 });
  }

  info(): Observable<{ maxWriteBytes: number }> {
    return new Observable((subscriber) => this.info$.subscribe(subscriber));
  }

  channel(): WidgetBytes {
    return {
      value$: new Observable((subscriber) => {
        this.readings++;
        subscriber.add(() => this.readings--);
        subscriber.add(this.holds$.subscribe(subscriber));
      }),
      read: () =>
        new Observable((subscriber) => {
          this.reads++;
          subscriber.next(this.holds$.value);
          subscriber.complete();
        }),
      write: (bytes, { atLeastOnce }) =>
        new Observable((subscriber) => {
          this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
          let over = false;
          // It is over when it is answered: what that causes is no longer beside it.
          const end = (): void => {
            if (!over) this.underWay--;
            over = true;
          };
          subscriber.add(end);
          const acknowledge = (): void => {
            end();
            subscriber.complete();
          };
          this.writes.push({ bytes, atLeastOnce, subscriber, acknowledge });
          if (this.atOnce) acknowledge();
        }),
    };
  }
}
