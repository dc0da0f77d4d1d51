import {
  AsyncSubject,
  EMPTY,
  interval,
  type Observable,
  type SchedulerLike,
  asyncScheduler,
  type Subscription,
} from 'rxjs';
import type { WebSocketLike } from './web-socket-like.js';

/** Writes wait while a socket holds more than this. */
export const MOST_BUFFERED_BYTES = 262_144;
/** The interval of checks: a socket reports how much it holds, but not when that changes. */
const CHECK_EVERY_MS = 5;

/** Lets writes wait while their socket holds too much. */
export class Drain {
  readonly #waiting: AsyncSubject<never>[] = [];
  readonly #socket: Pick<WebSocketLike, 'bufferedAmount'>;
  readonly #scheduler: SchedulerLike;
  #checks: Subscription | undefined;

  constructor(socket: Pick<WebSocketLike, 'bufferedAmount'>, scheduler: SchedulerLike = asyncScheduler) {
    this.#socket = socket;
    this.#scheduler = scheduler;
  }

  /** Completes when the network has sent enough of the waiting bytes. */
  passed(): Observable<never> {
    if (this.#waiting.length === 0 && this.#isPassed()) return EMPTY;
    const done = new AsyncSubject<never>();
    this.#waiting.push(done);
    this.#checks ??= interval(CHECK_EVERY_MS, this.#scheduler).subscribe(() => {
      if (!this.#isPassed()) return;
      this.#stop();
      for (const write of this.#waiting.splice(0)) write.complete();
    });
    return done.asObservable();
  }

  /** Ends the waiting writes of a socket that is closed. */
  fail(error: unknown): void {
    this.#stop();
    for (const write of this.#waiting.splice(0)) write.error(error);
  }

  #isPassed(): boolean {
    return this.#socket.bufferedAmount <= MOST_BUFFERED_BYTES;
  }

  #stop(): void {
    this.#checks?.unsubscribe();
    this.#checks = undefined;
  }
}
