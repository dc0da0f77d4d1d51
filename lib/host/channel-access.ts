import { filter, map, NEVER, Observable, of, switchMap, take, timeout, throwError } from 'rxjs';
import { OpenMVError } from '../errors.js';
import type { CameraEvent } from './camera-event.js';
import type { CameraSettings } from './camera-options.js';
import type { ChannelInfo } from './channel-info.js';
import { Lane } from './lane.js';
import type { Lifecycle } from './lifecycle.js';
import type { Session } from './session.js';

/** How channels are reached: by name, in turn, through whatever session there is. */
export class ChannelAccess {
  readonly #lanes = new Map<string, Lane>();

  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly settings: CameraSettings,
  ) {}

  get session$(): Observable<Session | undefined> {
    return this.lifecycle.session$;
  }

  /** All events of the camera. Hot; opens the link. */
  get events$(): Observable<CameraEvent> {
    return this.session$.pipe(switchMap((session) => session?.events$ ?? NEVER));
  }

  /** Does `work` on a channel, behind the operations on it that came before, when it is there. */
  operate<T>(name: string, work: (session: Session, channel: ChannelInfo) => Observable<T>): Observable<T> {
    const { commandTimeoutMs } = this.settings;
    const found = this.lifecycle.use(
      (session) => this.#find(session, name).pipe(switchMap((channel) => work(session, channel))),
      commandTimeoutMs,
    );
    return new Observable((subscriber) => this.#lane(name).run(found).subscribe(subscriber));
  }

  #find({ directory }: Session, name: string): Observable<ChannelInfo> {
    const present = directory.byName(name);
    if (present !== undefined) return of(present);
    const { commandTimeoutMs, scheduler } = this.settings;
    return directory.channels$.pipe(
      map((channels) => channels.find((channel) => channel.name === name)),
      filter((channel) => channel !== undefined),
      take(1),
      timeout({
        first: commandTimeoutMs,
        scheduler,
        with: () => throwError(() => noSuchChannel(directory.names(), name)),
      }),
    );
  }

  #lane(name: string): Lane {
    let lane = this.#lanes.get(name);
    if (lane === undefined) this.#lanes.set(name, (lane = new Lane()));
    return lane;
  }
}

function noSuchChannel(names: readonly string[], name: string): OpenMVError {
  return new OpenMVError('NO_SUCH_CHANNEL', `the camera has no channel '${name}'; it has ${names.join(', ')}`);
}
