import {
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  map,
  merge,
  NEVER,
  of,
  Subject,
  switchMap,
  take,
  throwError,
  throwIfEmpty,
  timeout,
  type Observable,
  type Unsubscribable,
} from 'rxjs';
import { OpenMVError } from '../../errors.js';
import { NOTIFY } from '../../wire/payloads/index.js';
import type { CameraEvent } from '../session/camera-event.js';
import type { CameraSettings } from '../camera-options.js';
import type { ChannelInfo } from '../session/channel-info.js';
import { Lane } from './operation-queue.js';
import type { Lifecycle } from '../session/lifecycle.js';
import { timeOfDay } from '../monotonic-scheduler.js';
import type { Session } from '../session/session.js';
import type { PresentStream } from '../stream/stream-control.js';

/** What is done with a channel that is there. */
export type ChannelWork<T> = (session: Session, channel: ChannelInfo) => Observable<T>;

/** How one channel is reached, by its name. */
export interface ChannelWay {
  /** The events of a channel. Hot. */
  eventsOf(name: string): Observable<CameraEvent>;
  /** Does `work` on a channel when it is there, behind the operations on it that came before. */
  operate<T>(name: string, work: ChannelWork<T>): Observable<T>;
  /** `work` for as long as a channel is there, begun anew when it comes back. */
  whileThere<T>(name: string, work: (session: Session, id: number) => Observable<T>): Observable<T>;
}

/** How channels are reached: by name, in turn, through whatever session there is. */
export class ChannelAccess implements ChannelWay {
  readonly #lanes = new Map<string, Lane>();
  readonly #reported$ = new Subject<CameraEvent>();

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly settings: CameraSettings,
  ) {}

  get session$(): Observable<Session | undefined> {
    return this.lifecycle.session$;
  }

  /** The stream, while there is a session that has one. */
  get stream(): PresentStream | undefined {
    const session = this.lifecycle.present;
    const channel = session?.directory.byName('stream')?.id;
    return session === undefined || channel === undefined ? undefined : { session, channel };
  }

  /** Emits when nobody uses the link any more and another camera wants its port. */
  get portWanted$(): Observable<unknown> {
    return this.lifecycle.portWanted$;
  }

  /** Keeps a link open that is open. */
  holdOpen(): Unsubscribable {
    return this.lifecycle.holdOpen();
  }

  /** All events of the camera. Hot; opens the link. */
  get events$(): Observable<CameraEvent> {
    return this.session$.pipe(
      switchMap((session) => (session === undefined ? EMPTY : merge(session.events$, this.#reported$))),
    );
  }

  /** The events of a channel, in each session. Hot; opens the link. */
  eventsOf(name: string): Observable<CameraEvent> {
    const reported$ = this.#reported$.pipe(filter(({ channel }) => channel === name));
    return this.session$.pipe(
      switchMap((session) => (session === undefined ? EMPTY : merge(session.eventsOf(name), reported$))),
    );
  }

  /** Tells as an event what the camera has told in another way. */
  report(channel: string, kind: CameraEvent['kind']): void {
    const session = this.lifecycle.present;
    const channelId = session?.directory.byName(channel)?.id ?? 0;
    this.#reported$.next({ kind, channel, channelId, event: NOTIFY, receivedAt: timeOfDay(this.settings.scheduler) });
  }

  /** Does `work` on a channel, behind the operations on it that came before, when it is there. */
  operate<T>(name: string, work: ChannelWork<T>): Observable<T> {
    return this.inTurn(name, this.whenThere(name, work));
  }

  /** `work`, of one or more operations on a channel, behind those on it that came before. */
  inTurn<T>(name: string, work: Observable<T>): Observable<T> {
    return defer(() => {
      const lane = this.#lanes.get(name) ?? new Lane();
      this.#lanes.set(name, lane);
      return lane.run(work).pipe(
        finalize(() => {
          if (lane.idle && this.#lanes.get(name) === lane) this.#lanes.delete(name);
        }),
      );
    });
  }

  /** Does `work` on a channel when it is there, which is waited for within the command timeout, as the session is. */
  whenThere<T>(name: string, work: ChannelWork<T>): Observable<T> {
    const { commandTimeoutMs, scheduler } = this.settings;
    return defer(() => {
      const until = scheduler.now() + commandTimeoutMs;
      return this.lifecycle.use(
        (session) => this.#find(session, name, until).pipe(switchMap((channel) => work(session, channel))),
        commandTimeoutMs,
      );
    });
  }

  /** `work` for as long as a channel is there, begun anew when it comes back, and when it comes back under another id. */
  whileThere<T>(name: string, work: (session: Session, id: number) => Observable<T>): Observable<T> {
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
    const { scheduler } = this.settings;
    return directory.channels$.pipe(
      map((channels) => channels.find((channel) => channel.name === name)),
      filter((channel) => channel !== undefined),
      take(1),
      // The list ends with its session; the next one has a list of its own.
      throwIfEmpty(() => new OpenMVError('LINK_LOST', `the session ended before channel '${name}' was there`)),
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
