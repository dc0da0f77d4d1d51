import type { PlayableEntry } from './recording-cursor.js';

/** How far it looks. What a host reads on an event is recorded a few entries behind it. */
const LOOKAHEAD = 16;

/** A recording's entries one by one, with a look at those that follow. Holds 16 of them. */
export class Lookahead {
  readonly #ahead: PlayableEntry[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  readonly #entries: AsyncGenerator<PlayableEntry, void, undefined>;

  constructor(entries: AsyncGenerator<PlayableEntry, void, undefined>) {
    this.#entries = entries;
  }

  async next(): Promise<PlayableEntry | undefined> {
    await this.#fill();
    return this.#ahead.shift();
  }

  /** Takes out the value of a channel that was read behind an event of it: if another event comes first, there is none. */
  async takeValue(channel: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    await this.#fill();
    const at = this.#ahead.findIndex(
      (entry) =>
        (entry.kind === 'value' && entry.channel === channel) ||
        (entry.kind === 'event' && entry.event.channel === channel),
    );
    const entry = this.#ahead[at];
    if (entry?.kind !== 'value') return undefined;
    this.#ahead.splice(at, 1);
    return entry.bytes;
  }

  async #fill(): Promise<void> {
    while (this.#ahead.length < LOOKAHEAD && !this.#failure && !this.#ended) {
      try {
        const { value, done } = await this.#entries.next();
        if (done === true) this.#ended = true;
        else this.#ahead.push(value);
      } catch (error) {
        this.#failure = { error };
      }
    }
    // What could be read before it fails comes first.
    if (this.#failure && this.#ahead.length === 0) throw this.#failure.error;
  }
}
