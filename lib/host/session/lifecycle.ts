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
import { PortUse } from './port-turns.js';
import type { Session } from './session.js';

/** A plain sequence of delays in milliseconds: doubling from 100 to 2000, each up to a fifth longer at random. */
export function* backOff(random: () => number = Math.random): Generator<number, never> {
  for (let delayMs = 100; ; delayMs = Math.min(2 * delayMs, 2000)) yield delayMs * (1 + random() / 5);
}

/** Opens the link while it is used, and again when it is lost; hands its sessions to all who use it. */
export class Lifecycle {
  readonly #state$ = new BehaviorSubject<CameraState>({ state: 'closed', reason: 'nobody uses the camera yet' });

  /** In turn, for what a subscriber does may change the state again before the next one has seen it. */
  readonly #enter = inTurn((state: CameraState) => {
    this.tracer.trace({ kind: 'state', state });
    this.#state$.next(state);
  });
  #present: Session | undefined;
  /** How many keep the link open that nobody uses any more. */
  readonly #holds$ = new BehaviorSubject(0);
  readonly #port: PortUse;

  /**
   * The present session, or `undefined` while there is none. Subscribing opens the link and keeps it open; the last to
   * leave closes it after a grace. Errors where the link can't be opened, or is lost and not to be opened again. Completes
   * behind an `undefined` when the transport has come to its end.
   */
  readonly session$: Observable<Session | undefined>;

  constructor(
    private readonly transport: Transport,
    private readonly settings: CameraSettings,
    private readonly negotiation: Negotiation,
    private readonly tracer: Tracer,
    private readonly begun: (session: Session) => void,
  ) {
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

  /** Emits when nobody uses the link any more and another camera wants its port. */
  get portWanted$(): Observable<unknown> {
    return this.#port.wanted$;
  }

  get state$(): Observable<CameraState> {
    return this.#state$.asObservable();
  }

  /** The present session, while its link is open. */
  get present(): Session | undefined {
    return this.#present;
  }

  /** Keeps a link open that is open, beyond its last user; it ends with the link all the same. */
  holdOpen(): Subscription {
    this.#holds$.next(this.#holds$.value + 1);
    return new Subscription(() => this.#holds$.next(this.#holds$.value - 1));
  }

  /**
   * Does `work` with the session that is there, or with the next one, within `timeoutMs`.
   *
   * Work that a lost session interrupted before it emitted anything is done again with the next one: it errors with
   * `LINK_LOST` only where that is safe, and with `OUTCOME_UNKNOWN` where it is not.
   */
  use<T>(work: (session: Session) => Observable<T>, timeoutMs: number): Observable<T> {
    return new Observable((subscriber) => {
      const { scheduler } = this.settings;
      const until = scheduler.now() + timeoutMs;
      let tried: Session | undefined;
      let working = false;
      let emitted = false;
      let over: { readonly error: unknown } | undefined;
      const attempt = (session: Session): void => {
        tried = session;
        working = true;
        subscriber.add(
          work(session).subscribe({
            next: (value) => {
              emitted = true;
              subscriber.next(value);
            },
            error: (error: unknown) => {
              working = false;
              if (!isOpenMVError(error, 'LINK_LOST')) subscriber.error(error);
              else if (over !== undefined) subscriber.error(over.error);
              else if (emitted || scheduler.now() >= until) subscriber.error(error);
            },
            complete: () => subscriber.complete(),
          }),
        );
      };
      subscriber.add(
        this.session$.subscribe({
          next: (session) => {
            if (session !== undefined && session !== tried && !working) attempt(session);
          },
          error: (error: unknown) => {
            // What is under way ends with its link, and alone knows whether it may have been executed.
            if (working) over = { error };
            else subscriber.error(error);
          },
          complete: () => {
            const error = new OpenMVError('LINK_LOST', hasEnded(this.transport.name));
            if (working) over = { error };
            else subscriber.error(error);
          },
        }),
      );
      // Behind the link's own deadline, whose error says more where both are due.
      subscriber.add(
        scheduler.schedule(() => {
          if (!working) subscriber.error(this.#notReady(timeoutMs));
        }, timeoutMs),
      );
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
            this.tracer.statistics.reconnections++;
            this.tracer.trace({
              kind: 'reconnected',
              cause: lost.cause,
              tookMs: this.settings.scheduler.now() - lost.at,
            });
            lost = undefined;
          }
          delays = backOff();
          this.begun(session);
        }),
        retry({
          delay: (cause: unknown) => {
            const error = asOpenMVError(cause, this.transport.name);
            if (!this.#opensAgain(wasReady)) {
              this.#enter({ state: 'closed', reason: error.message, error });
              return throwError(() => error);
            }
            if (wasReady) lost ??= { cause: error.message, at: this.settings.scheduler.now() };
            const delayMs = delays.next().value;
            this.#enter({
              state: 'lost',
              reason: `retrying in ${(delayMs / 1000).toFixed(1)} s: ${error.message}`,
              error,
            });
            return timer(delayMs, this.settings.scheduler);
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
    return this.settings.reconnect === 'always' || (this.settings.reconnect === 'after-ready' && wasReady);
  }

  /** One opening of the port, until it is lost. The port and the first handshake share one deadline. */
  #attempt(): Observable<Session | undefined> {
    const { openTimeoutMs, scheduler } = this.settings;
    return new Observable<Session | undefined>((subscriber) => {
      let opened = false;
      const late = timer(openTimeoutMs, scheduler).subscribe(() => {
        const name = this.transport.name;
        subscriber.error(opened ? noAnswer(name, openTimeoutMs) : notOpened(name, openTimeoutMs));
      });
      subscriber.add(late);
      this.#enter({ state: 'opening', reason: `opening ${this.transport.name}` });
      subscriber.next(undefined);
      let closed = (): void => undefined;
      const ended = (): void => {
        this.#present = undefined;
        this.#enter({ state: 'closed', reason: hasEnded(this.transport.name) });
        subscriber.next(undefined);
        subscriber.complete();
      };
      subscriber.add(
        this.#port
          .turn()
          .pipe(
            switchMap(() => {
              closed = this.#port.open();
              let open: Connection | undefined;
              return this.transport.open().pipe(
                tap({
                  next: (connection) => (open = connection),
                  // Some transports complete as soon as they are open: only the end of the bytes is the end.
                  complete: () => subscriber.add(open?.bytes$.subscribe({ complete: ended })),
                }),
              );
            }),
            tap(() => (opened = true)),
            switchMap((connection) =>
              linkStates(connection, this.settings, this.negotiation, this.tracer, () => this.holdOpen()),
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
              // Nobody should begin anything on a link that is gone.
              this.#present = undefined;
              subscriber.next(undefined);
              subscriber.error(error);
            },
            complete: () => subscriber.error(new OpenMVError('LINK_LOST', `${this.transport.name} was closed`)),
          }),
      );
      // Behind the teardown of the port itself.
      subscriber.add(() => closed());
    });
  }
}

function hasEnded(name: string): string {
  return `${name} has come to its end`;
}

function notOpened(name: string, timeoutMs: number): OpenMVError {
  return new OpenMVError('TIMEOUT', `${name} did not open within ${timeoutMs} ms`);
}

function asOpenMVError(error: unknown, name: string): OpenMVError {
  return isOpenMVError(error) ? error : new OpenMVError('LINK_LOST', `${name}: ${messageOf(error)}`, { cause: error });
}
