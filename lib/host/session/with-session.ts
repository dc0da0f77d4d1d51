import { Observable, type SchedulerLike } from 'rxjs';
import { isOpenMVError, type OpenMVError } from '../../errors.js';
import type { Session } from './session.js';

interface SessionWait {
  /** How long to wait for a session. */
  readonly timeoutMs: number;
  readonly scheduler: SchedulerLike;
  /** The error if no session begins within the timeout. */
  readonly late: () => OpenMVError;
  /** The error if the transport completes, like a recording. */
  readonly ended: () => OpenMVError;
}

/**
 * Runs `work` with the current session, or with the next one.
 *
 * Work that a lost session interrupted before it emitted anything runs again with the next session. It errors with `LINK_LOST` only
 * if that is safe, and with `OUTCOME_UNKNOWN` if it is not.
 */
export function withSession<T>(
  session$: Observable<Session | undefined>,
  work: (session: Session) => Observable<T>,
  { timeoutMs, scheduler, late, ended }: SessionWait,
): Observable<T> {
  return new Observable((subscriber) => {
    const until = scheduler.now() + timeoutMs;
    let tried: Session | undefined;
    let working = false;
    let emitted = false;
    let failure: { readonly error: unknown } | undefined;
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
            else if (failure !== undefined) subscriber.error(failure.error);
            else if (emitted || scheduler.now() >= until) subscriber.error(error);
          },
          complete: () => subscriber.complete(),
        }),
      );
    };
    // Work that is under way ends with its link, and only its own error says whether it may have been executed.
    const fail = (error: unknown): void => {
      if (working) failure = { error };
      else subscriber.error(error);
    };
    subscriber.add(
      session$.subscribe({
        next: (session) => {
          if (session !== undefined && session !== tried && !working) attempt(session);
        },
        error: fail,
        complete: () => fail(ended()),
      }),
    );
    // Scheduled after the link's own deadline: if both are due, the link's error says more.
    subscriber.add(
      scheduler.schedule(() => {
        if (!working) subscriber.error(late());
      }, timeoutMs),
    );
  });
}
