import { BehaviorSubject, filter, Observable, switchMap, take } from 'rxjs';
import { OpenMVError } from '../errors.js';
import type { Connection, Preferences, Transport } from '../transport/transport.js';
import type { Camera } from './camera.js';

/** A camera among several. */
export interface KnownCamera {
  /** The camera's serial number, `info().deviceId`: it is the same wherever the camera is plugged in. */
  readonly id: string;
  /** The same object for as long as the `Cameras` lives, also while the camera is away. */
  readonly camera: Camera;
  /** The name of the transport that it is found at, or `undefined` while it is away. */
  readonly at: string | undefined;
}

/** Something of one camera among several. */
export interface FromCamera<T> {
  readonly id: string;
  readonly value: T;
}

/** What went wrong with one of them, while the others go on. */
export interface CameraFailure {
  /** The camera's id, or `undefined` where it did not say who it is. */
  readonly id: string | undefined;
  /** The name of its transport. */
  readonly at: string;
  readonly error: OpenMVError;
}

/**
 * The way to one camera, which is plugged in here today and there tomorrow, or in the network at the same time: the way found
 * last is taken, and when it goes the one before. Opening it waits until there is one.
 */
export class WayToCamera implements Transport {
  readonly #ways: Transport[] = [];
  readonly #present$ = new BehaviorSubject<Transport | undefined>(undefined);

  constructor(private readonly id: string) {}

  get name(): string {
    return this.#present$.value?.name ?? `camera ${this.id}`;
  }

  get port(): string | object {
    return this.#present$.value?.port ?? this;
  }

  get preferred(): Preferences {
    return this.#present$.value?.preferred ?? {};
  }

  /** Where it is plugged in now, if anywhere. */
  get present(): Transport | undefined {
    return this.#present$.value;
  }

  found(way: Transport): void {
    this.#ways.push(way);
    this.#lead();
  }

  lost(way: Transport): void {
    this.#ways.splice(this.#ways.lastIndexOf(way), 1);
    this.#lead();
  }

  #lead(): void {
    const to = this.#ways.at(-1);
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
