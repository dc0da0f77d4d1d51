import { BehaviorSubject, defer, filter, finalize, race, Subject, take, tap, type Observable } from 'rxjs';
import type { Transport } from '../../transport/transport.js';

/** One camera's use of its port, in this program. */
export class PortUse {
  readonly #hurry$ = new Subject<void>();
  /** Emits when the link is idle and another camera wants the port. */
  readonly wanted$ = this.#hurry$.asObservable();
  #state: 'used' | 'idle' | 'leaving' = 'used';

  constructor(private readonly transport: Transport) {}

  get #port(): string | object {
    return this.transport.port ?? this.transport;
  }

  /** The link is open from now on; call the result when it has been closed. */
  open(): () => void {
    this.#state = 'used';
    uses$.next(new Set(uses$.value).add(this));
    return () => {
      const rest = new Set(uses$.value);
      rest.delete(this);
      uses$.next(rest);
    };
  }

  /** Somebody uses the link, perhaps again. */
  use(): void {
    if (this.#state === 'used') return;
    this.#state = 'used';
    uses$.next(uses$.value);
  }

  /** Nobody uses the link any more: `grace` emits when it is to be closed, or another camera wants the port. */
  idle(grace: Observable<unknown>): Observable<unknown> {
    return defer(() => {
      this.#state = 'idle';
      return race(grace, this.#hurry$);
    }).pipe(
      take(1),
      tap(() => (this.#state = 'leaving')),
      finalize(() => {
        if (this.#state === 'idle') this.#state = 'used';
      }),
    );
  }

  /** Has links on the same port that nobody uses closed at once, and emits when they are. */
  turn(): Observable<unknown> {
    return defer(() => {
      for (const use of uses$.value) if (this.#waitsFor(use)) use.#hurry$.next();
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
