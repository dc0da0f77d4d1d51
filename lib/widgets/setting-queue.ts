import { EMPTY, first, Observable, Subscription, switchMap } from 'rxjs';
import { OpenMVError } from '../errors.js';
import { PendingSettings, type Setter } from './pending-settings.js';

/** The way to the channel. */
export interface SettingWay {
  /** Bytes of the largest write, as it is now. */
  readonly limit$: Observable<number>;
  readonly write: (records: Uint8Array, options: { readonly atLeastOnce: boolean }) => Observable<unknown>;
}

/** One write: first it is asked how large it may be, and what it takes along is decided only then. */
interface Flight {
  readonly aboard: Set<Setter>;
  readonly running: Subscription;
  writing: boolean;
}

/** A program that is over it waits for more settings than it can have widgets. */
const MAX_WAITING = 1024;

/**
 * The values that widgets are to be set to, written one write at a time: while one is under way the next are put
 * together, of each widget the latest. A click is written once and by itself, behind what was set before it and before
 * what is set behind it. What nobody waits for any more is taken out, or let go.
 */
export class SettingQueue {
  readonly #way: SettingWay;
  readonly #channel: string;
  readonly #pending = new PendingSettings();
  #flight: Flight | undefined;
  #advancing = false;

  constructor(way: SettingWay, channel: string) {
    this.#way = way;
    this.#channel = channel;
  }

  /**
   * Cold. Emits `undefined` and completes when the write that carried this value, or a later one of the same widget, is acknowledged; a click,
   * when its own is. Errors as that write does; with `TOO_LARGE` where no write takes it, and `QUEUE_FULL` when 1024 wait.
   */
  enqueue({ kind, name, value }: Pick<Setter, 'kind' | 'name' | 'value'>): Observable<void> {
    return new Observable((subscriber) => {
      if (this.#pending.count >= MAX_WAITING) {
        const message = `${MAX_WAITING} settings wait for channel '${this.#channel}' already: wait for some of them`;
        subscriber.error(new OpenMVError('QUEUE_FULL', message));
        return;
      }
      const setter: Setter = { kind, name, value, subscriber };
      this.#pending.add(setter);
      subscriber.add(() => this.#withdraw(setter));
      this.#advance();
    });
  }

  /** It is done or left. A flight that nobody waits for any more has no reason to go on. */
  #withdraw(setter: Setter): void {
    const flight = this.#flight;
    const wasPending = this.#pending.remove(setter);
    const wasAboard = flight?.aboard.delete(setter) ?? false;
    if (flight === undefined || !(wasPending || wasAboard)) return;
    if (flight.writing ? flight.aboard.size > 0 : this.#pending.count > 0) return;
    this.#flight = undefined;
    flight.running.unsubscribe();
    this.#advance();
  }

  /** A loop, and no recursion: writes that end at once are many calls deep otherwise. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    while (this.#flight === undefined && this.#pending.count > 0) this.#fly();
    this.#advancing = false;
  }

  #fly(): void {
    const flight: Flight = { aboard: new Set(), running: new Subscription(), writing: false };
    this.#flight = flight;
    const end = (tell: (setter: Setter) => void): void => {
      this.#flight = undefined;
      // Without a limit there is no link, for those who wait as little as for others.
      for (const setter of flight.writing ? [...flight.aboard] : this.#pending.takeAll()) tell(setter);
      this.#advance();
    };
    flight.running.add(
      this.#way.limit$
        .pipe(
          first(),
          switchMap((limit) => this.#write(flight, limit)),
        )
        .subscribe({
          error: (error: unknown) => end(({ subscriber }) => subscriber.error(error)),
          complete: () =>
            end(({ subscriber }) => {
              subscriber.next();
              subscriber.complete();
            }),
        }),
    );
  }

  #write(flight: Flight, limit: number): Observable<unknown> {
    const { kind, bytes, setters, tooLarge } = this.#pending.take(limit);
    flight.writing = true;
    for (const setter of setters) flight.aboard.add(setter);
    for (const { setter, bytes: length } of tooLarge) {
      const message = `widget '${setter.name}' of channel '${this.#channel}' can't be set: that takes ${length} bytes, and a write ${limit}`;
      setter.subscriber.error(new OpenMVError('TOO_LARGE', message));
    }
    return bytes.length === 0 ? EMPTY : this.#way.write(bytes, { atLeastOnce: kind === 'value' });
  }
}
