import { OpenMVError } from '../../errors.js';

/** Something that waits for its turn on a channel. */
export interface Queued {
  readonly channel: number;
}

/** The limit of all channels together. A program that exceeds it does not wait for its commands. */
const MAX_QUEUED = 1024;

/**
 * A fair queue: the system's commands (channel 0) come first, then the channels in turn, each in its own order. So a busy
 * channel does not starve another.
 */
export class CommandQueue<T extends Queued> {
  /** In the order of their turns: a channel that was served moves to the end. */
  readonly #byChannel = new Map<number, T[]>();
  #size = 0;

  /** @throws {OpenMVError} `QUEUE_FULL` when 1024 commands are queued, unless the item must be sent. */
  push(item: T, mustBeSent = false): void {
    if (this.#size >= MAX_QUEUED && !mustBeSent) {
      throw new OpenMVError('QUEUE_FULL', `${MAX_QUEUED} commands are queued: wait until some have completed`);
    }
    const queued = this.#byChannel.get(item.channel);
    if (queued === undefined) this.#byChannel.set(item.channel, [item]);
    else queued.push(item);
    this.#size++;
  }

  /** The item whose turn is next. */
  get next(): T | undefined {
    const channel = this.#byChannel.has(0) ? 0 : this.#byChannel.keys().next().value;
    return channel === undefined ? undefined : this.#byChannel.get(channel)?.[0];
  }

  /** Removes and returns the item whose turn is next. Its channel moves to the end. */
  take(): T | undefined {
    const item = this.next;
    if (item === undefined) return undefined;
    const { channel } = item;
    const queued = this.#byChannel.get(channel) ?? [];
    queued.shift();
    this.#byChannel.delete(channel);
    if (queued.length > 0) this.#byChannel.set(channel, queued);
    this.#size--;
    return item;
  }

  remove(item: T): void {
    const queued = this.#byChannel.get(item.channel);
    const index = queued?.indexOf(item) ?? -1;
    if (queued === undefined || index < 0) return;
    queued.splice(index, 1);
    if (queued.length === 0) this.#byChannel.delete(item.channel);
    this.#size--;
  }

  /** Removes and returns all items. Their order across channels is unspecified. */
  clear(): T[] {
    const all = [...this.#byChannel.values()].flat();
    this.#byChannel.clear();
    this.#size = 0;
    return all;
  }
}
