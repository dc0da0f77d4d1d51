import type { PlayableEntry } from './recording-cursor.js';

/** A recording holds the value that a host read on an event a few entries after the event. */
const LOOKAHEAD = 16;

/** Reads a recording's entries one by one, and finds a value among the next ones. Holds 16 entries. */
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

  /** Removes and returns the value that was read after an event of its channel. Returns nothing if another event comes first. */
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
    // Entries that were read before the failure come first.
    if (this.#failure && this.#ahead.length === 0) throw this.#failure.error;
  }
}
