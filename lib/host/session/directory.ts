import { BehaviorSubject, Subscription, type Observable } from 'rxjs';
import type { ChannelInfo } from './channel-info.js';

/** The list of the camera's channels. It is requested again when a channel is registered or unregistered. */
export class Directory {
  readonly #channels$: BehaviorSubject<readonly ChannelInfo[]>;
  #refreshing: Subscription | undefined;
  #outdated = false;

  readonly #list: () => Observable<readonly ChannelInfo[]>;
  readonly #refreshed: () => void;

  constructor(channels: readonly ChannelInfo[], list: () => Observable<readonly ChannelInfo[]>, refreshed: () => void) {
    this.#list = list;
    this.#refreshed = refreshed;
    this.#channels$ = new BehaviorSubject(channels);
  }

  get channels$(): Observable<readonly ChannelInfo[]> {
    return this.#channels$;
  }

  get refreshing(): boolean {
    return this.#refreshing !== undefined;
  }

  names(): string[] {
    return this.#channels$.value.map(({ name }) => name);
  }

  byName(name: string): ChannelInfo | undefined {
    return this.#channels$.value.find((channel) => channel.name === name);
  }

  byId(id: number): ChannelInfo | undefined {
    return this.#channels$.value.find((channel) => channel.id === id);
  }

  /** Requests the list. If a request is under way, another one follows it, because the first may have been too early. */
  refresh(): void {
    this.#outdated = true;
    if (this.#refreshing !== undefined) return;
    this.#outdated = false;
    const ended = (): void => {
      this.#refreshing = undefined;
      if (this.#outdated) this.refresh();
      else this.#refreshed();
    };
    this.#refreshing = new Subscription();
    this.#refreshing.add(
      this.#list().subscribe({
        next: (channels) => this.#channels$.next(channels),
        // Keep the list; the link reports its own failure.
        error: ended,
        complete: ended,
      }),
    );
  }

  close(): void {
    this.#refreshing?.unsubscribe();
    this.#channels$.complete();
  }
}
