import {
  BehaviorSubject,
  defer,
  filter,
  finalize,
  Observable,
  ReplaySubject,
  retry,
  share,
  Subscription,
  switchMap,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { isOpenMVError, messageOf, OpenMVError } from '../../errors.js';
import { inTurn } from '../../operators/in-turn.js';
import type { Connection, Transport } from '../../transport/transport.js';
import type { CameraState } from '../camera-info.js';
import type { CameraSettings } from '../camera-options.js';
import type { Tracer } from '../link/trace.js';
import { linkStates, noAnswer } from './link-states.js';
import type { Negotiation } from './negotiation.js';
import { PortUse } from './port-use.js';
import type { Session } from './session.js';
import { withSession } from './with-session.js';

/** The delays before each attempt to open the link again, in milliseconds: from 100 doubling to 2000, each up to a fifth longer at random. */
export function* backOff(random: () => number = Math.random): Generator<number, never> {
  for (let delayMs = 100; ; delayMs = Math.min(2 * delayMs, 2000)) yield delayMs * (1 + random() / 5);
}

/** Opens the link while it has users, opens it again when it is lost, and shares its sessions. */
export class Lifecycle {
  readonly #state$ = new BehaviorSubject<CameraState>({ state: 'closed', reason: 'nobody uses the camera yet' });

  /** Emits states one at a time: a subscriber may cause the next state before the others have seen this one. */
  readonly #enter = inTurn((state: CameraState) => {
    this.#tracer.trace({ kind: 'state', state });
    this.#state$.next(state);
  });
  #present: Session | undefined;
  /** The number of holds that keep a link open without users. */
  readonly #holds$ = new BehaviorSubject(0);
  readonly #port: PortUse;

  /**
   * The current session, or `undefined` while there is none. Subscribing opens the link and keeps it open; it closes `closeAfterMs` after the last
   * subscription. Errors if the link can't be opened, or is lost and must not be opened again. Emits `undefined` and completes
   * when the transport completes.
   */
  readonly session$: Observable<Session | undefined>;

  readonly #transport: Transport;
  readonly #settings: CameraSettings;
  readonly #negotiation: Negotiation;
  readonly #tracer: Tracer;
  readonly #begun: (session: Session) => void;

  constructor(
    transport: Transport,
    settings: CameraSettings,
    negotiation: Negotiation,
    tracer: Tracer,
    begun: (session: Session) => void,
  ) {
    this.#transport = transport;
    this.#settings = settings;
    this.#negotiation = negotiation;
    this.#tracer = tracer;
    this.#begun = begun;
    this.#port = new PortUse(transport);
    const shared$ = this.#sessions().pipe(
      share({
        connector: () => new ReplaySubject<Session | undefined>(1),
        resetOnRefCountZero: () =>
          this.#port.idle(timer(settings.closeAfterMs, settings.scheduler)).pipe(
            switchMap(() => this.#holds$),
            filter((holds) => holds === 0),
          ),
      }),
    );
    this.session$ = defer(() => {
      this.#port.use();
      return shared$;
    });
  }

  /** Emits if the link has no users and another `Camera` needs its port. */
  get portWanted$(): Observable<unknown> {
    return this.#port.wanted$;
  }

  get state$(): Observable<CameraState> {
    return this.#state$.asObservable();
  }

  /** The current session, while its link is open. */
  get present(): Session | undefined {
    return this.#present;
  }

  /** Keeps an open link open without users. It does not keep a link that is lost. */
  holdOpen(): Subscription {
    this.#holds$.next(this.#holds$.value + 1);
    return new Subscription(() => this.#holds$.next(this.#holds$.value - 1));
  }

  /** Runs `work` with the current session, or with the next one, for which it waits up to `timeoutMs`. */
  use<T>(work: (session: Session) => Observable<T>, timeoutMs: number): Observable<T> {
    return withSession(this.session$, work, {
      timeoutMs,
      scheduler: this.#settings.scheduler,
      late: () => this.#notReady(timeoutMs),
      ended: () => new OpenMVError('LINK_LOST', hasEnded(this.#transport.name)),
    });
  }

  #notReady(timeoutMs: number): OpenMVError {
    const { state, reason, error } = this.#state$.value;
    return new OpenMVError('LINK_LOST', `the camera was not ready within ${timeoutMs} ms: it is ${state} (${reason})`, {
      cause: error,
    });
  }

  #sessions(): Observable<Session | undefined> {
    return defer(() => {
      let delays = backOff();
      let wasReady = false;
      let lost: { readonly cause: string; readonly at: number } | undefined;
      return this.#attempt().pipe(
        tap((session) => {
          if (session === undefined) return;
          wasReady = true;
          if (lost !== undefined) {
            this.#tracer.statistics.reconnections++;
            this.#tracer.trace({
              kind: 'reconnected',
              cause: lost.cause,
              tookMs: this.#settings.scheduler.now() - lost.at,
            });
            lost = undefined;
          }
          delays = backOff();
          this.#begun(session);
        }),
        retry({
          delay: (cause: unknown) => {
            const error = asOpenMVError(cause, this.#transport.name);
            if (!this.#opensAgain(wasReady)) {
              this.#enter({ state: 'closed', reason: error.message, error });
              return throwError(() => error);
            }
            if (wasReady) lost ??= { cause: error.message, at: this.#settings.scheduler.now() };
            const delayMs = delays.next().value;
            this.#enter({
              state: 'lost',
              reason: `retrying in ${(delayMs / 1000).toFixed(1)} s: ${error.message}`,
              error,
            });
            return timer(delayMs, this.#settings.scheduler);
          },
        }),
        finalize(() => {
          this.#present = undefined;
          if (this.#state$.value.state !== 'closed') {
            this.#enter({ state: 'closed', reason: 'nobody uses the camera' });
          }
        }),
      );
    });
  }

  #opensAgain(wasReady: boolean): boolean {
    return this.#settings.reconnect === 'always' || (this.#settings.reconnect === 'after-ready' && wasReady);
  }

  /** Opens the port once, until it is lost. The port and the first handshake share one deadline. */
  #attempt(): Observable<Session | undefined> {
    const { openTimeoutMs, scheduler } = this.#settings;
    return new Observable<Session | undefined>((subscriber) => {
      let opened = false;
      const late = timer(openTimeoutMs, scheduler).subscribe(() => {
        const name = this.#transport.name;
        subscriber.error(opened ? noAnswer(name, openTimeoutMs) : notOpened(name, openTimeoutMs));
      });
      subscriber.add(late);
      this.#enter({ state: 'opening', reason: `opening ${this.#transport.name}` });
      subscriber.next(undefined);
      let closed = (): void => undefined;
      const ended = (): void => {
        this.#present = undefined;
        this.#enter({ state: 'closed', reason: hasEnded(this.#transport.name) });
        subscriber.next(undefined);
        subscriber.complete();
      };
      subscriber.add(
        this.#port
          .claim()
          .pipe(
            switchMap(() => {
              closed = this.#port.open();
              let open: Connection | undefined;
              return this.#transport.open().pipe(
                tap({
                  next: (connection) => (open = connection),
                  // Some transports complete once they are open: only the end of the bytes counts.
                  complete: () => subscriber.add(open?.bytes$.subscribe({ complete: ended })),
                }),
              );
            }),
            tap(() => (opened = true)),
            switchMap((connection) =>
              linkStates(connection, this.#settings, this.#negotiation, this.#tracer, () => this.holdOpen()),
            ),
          )
          .subscribe({
            next: (link) => {
              if (link.state === 'ready') late.unsubscribe();
              this.#enter({ state: link.state, reason: link.reason });
              this.#present = link.state === 'ready' ? link.session : undefined;
              subscriber.next(this.#present);
            },
            error: (error: unknown) => {
              // Nothing may begin on a lost link.
              this.#present = undefined;
              subscriber.next(undefined);
              subscriber.error(error);
            },
            complete: () => subscriber.error(new OpenMVError('LINK_LOST', `${this.#transport.name} was closed`)),
          }),
      );
      // Added last: it runs after the teardown of the port.
      subscriber.add(() => closed());
    });
  }
}

function hasEnded(name: string): string {
  return `${name} has ended`;
}

function notOpened(name: string, timeoutMs: number): OpenMVError {
  return new OpenMVError('TIMEOUT', `${name} did not open within ${timeoutMs} ms`);
}

export function asOpenMVError(error: unknown, name: string): OpenMVError {
  return isOpenMVError(error) ? error : new OpenMVError('LINK_LOST', `${name}: ${messageOf(error)}`, { cause: error });
}
