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

/** How much a socket may hold before writes wait. */
export const MOST_BUFFERED_BYTES = 262_144;
/** A socket says how much it holds, but not when that changes. */
const LOOK_EVERY_MS = 5;

/** Writes whose socket holds too much, until it holds less. */
export class Drain {
  readonly #waiting: AsyncSubject<never>[] = [];
  #looking: Subscription | undefined;

  constructor(
    private readonly socket: Pick<WebSocketLike, 'bufferedAmount'>,
    private readonly scheduler: SchedulerLike = asyncScheduler,
  ) {}

  /** Completes when what was sent before has, but for what a socket may hold, been taken by the network. */
  passed(): Observable<never> {
    if (this.#waiting.length === 0 && this.#isPassed()) return EMPTY;
    const done = new AsyncSubject<never>();
    this.#waiting.push(done);
    this.#looking ??= interval(LOOK_EVERY_MS, this.scheduler).subscribe(() => {
      if (!this.#isPassed()) return;
      this.#stop();
      for (const write of this.#waiting.splice(0)) write.complete();
    });
    return done.asObservable();
  }

  /** For a socket that is closed: nothing of it passes any more. */
  fail(error: unknown): void {
    this.#stop();
    for (const write of this.#waiting.splice(0)) write.error(error);
  }

  #isPassed(): boolean {
    return this.socket.bufferedAmount <= MOST_BUFFERED_BYTES;
  }

  #stop(): void {
    this.#looking?.unsubscribe();
    this.#looking = undefined;
  }
}
