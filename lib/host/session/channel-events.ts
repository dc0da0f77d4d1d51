import { EMPTY, Subject, type Observable } from 'rxjs';
import type { CameraEvent } from './camera-event.js';

/**
 * The end of the receiving pipeline: one Subject per channel, and one for all channels. An event reaches the subscribers of its
 * channel first. Holds a Subject for each name that was subscribed to.
 */
export class ChannelEvents {
  readonly #all$ = new Subject<CameraEvent>();
  readonly #byName = new Map<string, Subject<CameraEvent>>();
  #completed = false;

  /** The events of all channels. Hot, in the order of arrival. */
  get all$(): Observable<CameraEvent> {
    return this.#all$;
  }

  /** The events of one channel. Hot, in the order of arrival. */
  of(name: string): Observable<CameraEvent> {
    if (this.#completed) return EMPTY;
    let events$ = this.#byName.get(name);
    if (events$ === undefined) this.#byName.set(name, (events$ = new Subject()));
    return events$;
  }

  next(event: CameraEvent): void {
    this.#byName.get(event.channel)?.next(event);
    this.#all$.next(event);
  }

  complete(): void {
    this.#completed = true;
    for (const events$ of this.#byName.values()) events$.complete();
    this.#all$.complete();
  }
}
