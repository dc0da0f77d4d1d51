import { OpenMVError } from '../../errors.js';

/** What waits for its turn on a channel. */
export interface Queued {
  readonly channel: number;
}

/** Commands that may wait on all channels together; a program that is over it is not waiting for anything. */
const MAX_QUEUED = 1024;

/**
 * Who is served next: the system's commands (channel 0) first, then the channels in turn, each in its own order, so
 * that a busy channel does not starve another.
 */
export class CommandQueue<T extends Queued> {
  /** In the order of their turns: a channel that was served goes to the end. */
  readonly #lanes = new Map<number, T[]>();
  #size = 0;

  /** @throws {OpenMVError} `QUEUE_FULL` when 1024 commands wait, unless it is one that must be sent. */
  push(item: T, mustBeSent = false): void {
    if (this.#size >= MAX_QUEUED && !mustBeSent) {
      throw new OpenMVError('QUEUE_FULL', `${MAX_QUEUED} commands wait already: wait for some of them to complete`);
    }
    this.#lane(item.channel).push(item);
    this.#size++;
  }

  take(): T | undefined {
    const channel = this.#lanes.has(0) ? 0 : this.#lanes.keys().next().value;
    if (channel === undefined) return undefined;
    const lane = this.#lane(channel);
    const item = lane.shift();
    this.#lanes.delete(channel);
    if (lane.length > 0) this.#lanes.set(channel, lane);
    this.#size--;
    return item;
  }

  remove(item: T): void {
    const lane = this.#lanes.get(item.channel);
    const index = lane?.indexOf(item) ?? -1;
    if (lane === undefined || index < 0) return;
    lane.splice(index, 1);
    if (lane.length === 0) this.#lanes.delete(item.channel);
    this.#size--;
  }

  /** Takes all of them out, in no particular order between channels. */
  clear(): T[] {
    const all = [...this.#lanes.values()].flat();
    this.#lanes.clear();
    this.#size = 0;
    return all;
  }

  #lane(channel: number): T[] {
    let lane = this.#lanes.get(channel);
    if (lane === undefined) this.#lanes.set(channel, (lane = []));
    return lane;
  }
}
