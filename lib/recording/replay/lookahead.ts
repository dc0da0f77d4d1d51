import type { Scene } from './recording-cursor.js';

/** How far it looks. What a host reads on an event is recorded a few scenes behind it. */
const LOOKAHEAD = 16;

/** A recording's scenes one by one, with a look at those that follow. Holds 16 of them. */
export class Lookahead {
  readonly #ahead: Scene[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  readonly #scenes: AsyncGenerator<Scene, void, undefined>;

  constructor(scenes: AsyncGenerator<Scene, void, undefined>) {
    this.#scenes = scenes;
  }

  async next(): Promise<Scene | undefined> {
    await this.#fill();
    return this.#ahead.shift();
  }

  /** Takes out the value of a channel that was read behind an event of it: if another event comes first, there is none. */
  async takeValue(channel: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    await this.#fill();
    const at = this.#ahead.findIndex(
      (scene) =>
        (scene.kind === 'value' && scene.channel === channel) ||
        (scene.kind === 'event' && scene.event.channel === channel),
    );
    const scene = this.#ahead[at];
    if (scene?.kind !== 'value') return undefined;
    this.#ahead.splice(at, 1);
    return scene.bytes;
  }

  async #fill(): Promise<void> {
    while (this.#ahead.length < LOOKAHEAD && !this.#failure && !this.#ended) {
      try {
        const { value, done } = await this.#scenes.next();
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
