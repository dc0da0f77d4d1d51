import { asyncScheduler, interval, type SchedulerLike, type Subscription } from 'rxjs';

/** A socket that can ping: one of the package `ws`, at either end. */
export interface Pinging {
  ping(): void;
  on(event: 'pong', heard: () => void): unknown;
}

const PING_EVERY_MS = 5000;
/** More than one, because a computer that wakes up looks at its clock before it looks at its network. */
const MOST_UNANSWERED = 2;

/** Pings the other end every 5 seconds, and notices within 15 seconds when it vanishes without closing the connection. */
export class KeepAlive {
  readonly #pinging: Subscription;
  #unanswered = 0;

  /** @param silent is called once when the other end has stopped answering, and never after `stop()` */
  constructor(socket: Pinging, silent: () => void, scheduler: SchedulerLike = asyncScheduler) {
    socket.on('pong', () => this.heard());
    this.#pinging = interval(PING_EVERY_MS, scheduler).subscribe(() => {
      if (this.#unanswered++ < MOST_UNANSWERED) socket.ping();
      else {
        this.stop();
        silent();
      }
    });
  }

  /** Counts any received data as an answer to the ping. */
  heard(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    this.#pinging.unsubscribe();
  }
}
