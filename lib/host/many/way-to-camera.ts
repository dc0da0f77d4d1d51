import { BehaviorSubject, filter, Observable, switchMap, take } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import type { Connection, Preferences, Transport } from '../../transport/transport.js';

/** The way to one camera, which is plugged in here today and there tomorrow. Opening it waits until there is one. */
export class WayToCamera implements Transport {
  readonly #present$: BehaviorSubject<Transport | undefined>;

  constructor(
    private readonly id: string,
    first: Transport,
  ) {
    this.#present$ = new BehaviorSubject<Transport | undefined>(first);
  }

  get name(): string {
    return this.#present$.value?.name ?? `camera ${this.id}`;
  }

  get preferred(): Preferences {
    return this.#present$.value?.preferred ?? {};
  }

  /** Where it is plugged in now, if anywhere. */
  get present(): Transport | undefined {
    return this.#present$.value;
  }

  lead(to: Transport | undefined): void {
    if (this.#present$.value !== to) this.#present$.next(to);
  }

  open(): Observable<Connection> {
    return new Observable((subscriber) => {
      const opened = this.#present$
        .pipe(
          filter((present) => present !== undefined),
          take(1),
          switchMap((present) => {
            // A port that has gone may not say so; that the camera is elsewhere says it, too.
            subscriber.add(
              this.#present$
                .pipe(
                  filter((now) => now !== present),
                  take(1),
                )
                .subscribe(() =>
                  subscriber.error(new OpenMVError('LINK_LOST', `${present.name}: the camera is not there any more`)),
                ),
            );
            return present.open();
          }),
        )
        .subscribe(subscriber);
      subscriber.add(opened);
    });
  }
}
