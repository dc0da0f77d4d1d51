import {
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  map,
  NEVER,
  of,
  switchMap,
  take,
  throwError,
  throwIfEmpty,
  timeout,
  type Observable,
  type Unsubscribable,
} from 'rxjs';
import { OpenMVError } from '../../errors.js';
import type { CameraEvent } from '../session/camera-event.js';
import type { CameraSettings } from '../camera-options.js';
import type { ChannelInfo } from '../session/channel-info.js';
import { OperationQueue } from './operation-queue.js';
import type { Lifecycle } from '../session/lifecycle.js';
import type { Session } from '../session/session.js';
import type { PresentStream } from '../stream/stream-control.js';

/** An operation on a registered channel. */
export type ChannelWork<T> = (session: Session, channel: ChannelInfo) => Observable<T>;

/** The access of a `Channel` to the camera's channel of its name. */
export interface ChannelOperations {
  /** The events of a channel. Hot. */
  eventsOf(name: string): Observable<CameraEvent>;
  /** Runs `work` when the channel is registered, after the earlier operations on it. */
  operate<T>(name: string, work: ChannelWork<T>): Observable<T>;
  /** Runs `work` while the channel is registered, and again when it is registered again. */
  whileRegistered<T>(name: string, work: (session: Session, id: number) => Observable<T>): Observable<T>;
}

/** Access to channels by name, through the current session, with one operation at a time per channel. */
export class ChannelAccess implements ChannelOperations {
  readonly #queues = new Map<string, OperationQueue>();
  readonly #lifecycle: Lifecycle;
  readonly #settings: CameraSettings;

  constructor(lifecycle: Lifecycle, settings: CameraSettings) {
    this.#lifecycle = lifecycle;
    this.#settings = settings;
  }

  get session$(): Observable<Session | undefined> {
    return this.#lifecycle.session$;
  }

  /** The stream of the current session, if it has one. */
  get stream(): PresentStream | undefined {
    const session = this.#lifecycle.present;
    const channel = session?.directory.byName('stream')?.id;
    return session === undefined || channel === undefined ? undefined : { session, channel };
  }

  /** Emits if the link has no users and another `Camera` needs its port. */
  get portWanted$(): Observable<unknown> {
    return this.#lifecycle.portWanted$;
  }

  /** Keeps an open link open. */
  holdOpen(): Unsubscribable {
    return this.#lifecycle.holdOpen();
  }

  /** All events of the camera. Hot; opens the link. */
  get events$(): Observable<CameraEvent> {
    return this.session$.pipe(switchMap((session) => session?.events$ ?? EMPTY));
  }

  /** The events of a channel, in each session. Hot; opens the link. */
  eventsOf(name: string): Observable<CameraEvent> {
    return this.session$.pipe(switchMap((session) => session?.eventsOf(name) ?? EMPTY));
  }

  operate<T>(name: string, work: ChannelWork<T>): Observable<T> {
    return this.inTurn(name, this.whenRegistered(name, work));
  }

  /** Runs `work`, which is one or more operations on a channel, after the earlier operations on it. */
  inTurn<T>(name: string, work: Observable<T>): Observable<T> {
    return defer(() => {
      const queue = this.#queues.get(name) ?? new OperationQueue();
      this.#queues.set(name, queue);
      return queue.run(work).pipe(
        finalize(() => {
          if (queue.idle && this.#queues.get(name) === queue) this.#queues.delete(name);
        }),
      );
    });
  }

  /** Runs `work` when the channel is registered. Waits for the session and the channel within the command timeout. */
  whenRegistered<T>(name: string, work: ChannelWork<T>): Observable<T> {
    const { commandTimeoutMs, scheduler } = this.#settings;
    return defer(() => {
      const until = scheduler.now() + commandTimeoutMs;
      return this.#lifecycle.use(
        (session) => this.#find(session, name, until).pipe(switchMap((channel) => work(session, channel))),
        commandTimeoutMs,
      );
    });
  }

  /** Runs `work` while the channel is registered, and again when it comes back or its id changes. */
  whileRegistered<T>(name: string, work: (session: Session, id: number) => Observable<T>): Observable<T> {
    return this.session$.pipe(
      switchMap((session) => {
        if (session === undefined) return EMPTY;
        return session.directory.channels$.pipe(
          map((channels) => channels.find((channel) => channel.name === name)?.id),
          distinctUntilChanged(),
          switchMap((id) => (id === undefined ? NEVER : work(session, id))),
        );
      }),
    );
  }

  #find({ directory }: Session, name: string, until: number): Observable<ChannelInfo> {
    const present = directory.byName(name);
    if (present !== undefined) return of(present);
    const { scheduler } = this.#settings;
    return directory.channels$.pipe(
      map((channels) => channels.find((channel) => channel.name === name)),
      filter((channel) => channel !== undefined),
      take(1),
      // The list of channels completes with its session; the next session has its own.
      throwIfEmpty(() => new OpenMVError('LINK_LOST', `the session ended before channel '${name}' was registered`)),
      timeout({
        first: Math.max(until - scheduler.now(), 0),
        scheduler,
        with: () => throwError(() => noSuchChannel(directory.names(), name)),
      }),
    );
  }
}

function noSuchChannel(names: readonly string[], name: string): OpenMVError {
  return new OpenMVError('NO_SUCH_CHANNEL', `the camera has no channel '${name}'; it has ${names.join(', ')}`);
}
