import { BehaviorSubject, Subscription, type Observable } from 'rxjs';
import type { ChannelInfo } from './channel-info.js';

/** The camera's channels, kept up to date: asked for again when one was registered. */
export class Directory {
  readonly #channels$: BehaviorSubject<readonly ChannelInfo[]>;
  #refreshing: Subscription | undefined;
  #outdated = false;

  constructor(
    channels: readonly ChannelInfo[],
    private readonly list: () => Observable<readonly ChannelInfo[]>,
    private readonly refreshed: () => void,
  ) {
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

  /** Asks the camera for its list; once more behind a request that is under way, which may have been too early. */
  refresh(): void {
    this.#outdated = true;
    if (this.#refreshing !== undefined) return;
    this.#outdated = false;
    const ended = (): void => {
      this.#refreshing = undefined;
      if (this.#outdated) this.refresh();
      else this.refreshed();
    };
    this.#refreshing = new Subscription();
    this.#refreshing.add(
      this.list().subscribe({
        next: (channels) => this.#channels$.next(channels),
        // The list stays what it was; a link that fails says so itself.
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
