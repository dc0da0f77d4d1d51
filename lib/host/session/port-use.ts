import { BehaviorSubject, defer, filter, finalize, race, Subject, take, tap, type Observable } from 'rxjs';
import type { Transport } from '../../transport/transport.js';

/** One `Camera`'s use of its port. Cameras of one program that share a port hand it over to each other. */
export class PortUse {
  readonly #wanted$ = new Subject<void>();
  /** Emits if the link is idle and another `Camera` needs the port. */
  readonly wanted$ = this.#wanted$.asObservable();
  #state: 'used' | 'idle' | 'closing' = 'used';
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get #port(): string | object {
    return this.#transport.port ?? this.#transport;
  }

  /** Marks the port as open. Call the returned function when it is closed. */
  open(): () => void {
    this.#state = 'used';
    uses$.next(new Set(uses$.value).add(this));
    return () => {
      const rest = new Set(uses$.value);
      rest.delete(this);
      uses$.next(rest);
    };
  }

  /** Marks the link as used, perhaps again. */
  use(): void {
    if (this.#state === 'used') return;
    this.#state = 'used';
    uses$.next(uses$.value);
  }

  /** Marks the link as idle. Emits when it must close: when `grace` emits, or when another `Camera` needs the port. */
  idle(grace: Observable<unknown>): Observable<unknown> {
    return defer(() => {
      this.#state = 'idle';
      return race(grace, this.#wanted$);
    }).pipe(
      take(1),
      tap(() => (this.#state = 'closing')),
      finalize(() => {
        if (this.#state === 'idle') this.#state = 'used';
      }),
    );
  }

  /** Asks idle links on the same port to close, and emits when they have closed. */
  claim(): Observable<unknown> {
    return defer(() => {
      for (const use of uses$.value) if (this.#waitsFor(use)) use.#wanted$.next();
      return uses$.pipe(
        filter((uses) => ![...uses].some((use) => this.#waitsFor(use))),
        take(1),
      );
    });
  }

  #waitsFor(use: PortUse): boolean {
    return use !== this && use.#port === this.#port && use.#state !== 'used';
  }
}

const uses$ = new BehaviorSubject<ReadonlySet<PortUse>>(new Set());
