import { BehaviorSubject, filter, Observable, switchMap, take } from 'rxjs';
import { OpenMVError } from '../errors.js';
import type { Connection, Preferences, Transport } from '../transport/transport.js';
import type { Camera } from './camera.js';

/** One of several cameras. */
export interface KnownCamera {
  /** The camera's serial number, `info().deviceId`. It does not depend on the port. */
  readonly id: string;
  /** The `Camera`. It stays the same object, even while the camera is unplugged. */
  readonly camera: Camera;
  /** The name of the transport where the camera is now, or `undefined` while it is unplugged. */
  readonly at: string | undefined;
}

/** A value from one of several cameras. */
export interface FromCamera<T> {
  readonly id: string;
  readonly value: T;
}

/** An error of one of several cameras. The others continue. */
export interface CameraFailure {
  /** The camera's id, or `undefined` if it could not be identified. */
  readonly id: string | undefined;
  /** The name of the camera's transport. */
  readonly at: string;
  readonly error: OpenMVError;
}

/**
 * A transport that follows one camera from port to port. If a camera has several transports at once, such as a port and the network,
 * the one found last is used; when it disappears, the one found before it. Opening waits until there is a transport.
 */
export class RoamingTransport implements Transport {
  readonly #transports: Transport[] = [];
  readonly #present$ = new BehaviorSubject<Transport | undefined>(undefined);

  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  get name(): string {
    return this.#present$.value?.name ?? `camera ${this.#id}`;
  }

  get port(): string | object {
    return this.#present$.value?.port ?? this;
  }

  get preferred(): Preferences {
    return this.#present$.value?.preferred ?? {};
  }

  /** The transport in use, if the camera is plugged in. */
  get present(): Transport | undefined {
    return this.#present$.value;
  }

  add(transport: Transport): void {
    this.#transports.push(transport);
    this.#update();
  }

  remove(transport: Transport): void {
    this.#transports.splice(this.#transports.lastIndexOf(transport), 1);
    this.#update();
  }

  #update(): void {
    const to = this.#transports.at(-1);
    if (this.#present$.value !== to) this.#present$.next(to);
  }

  open(): Observable<Connection> {
    return new Observable((subscriber) => {
      const opened = this.#present$
        .pipe(
          filter((present) => present !== undefined),
          take(1),
          switchMap((present) => {
            // A vanished port may not report it; the camera appearing elsewhere proves it.
            subscriber.add(
              this.#present$
                .pipe(
                  filter((now) => now !== present),
                  take(1),
                )
                .subscribe(() =>
                  subscriber.error(
                    new OpenMVError('LINK_LOST', `${present.name}: the camera is no longer at this port`),
                  ),
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
