import { OpenMVError } from '../../errors.js';

/** Work that is done one after another. Holds what waits, up to a limit. */
export class WriteQueue {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Does `work` behind what came before, also where that failed. Resolves or rejects with it.
   *
   * @throws {OpenMVError} `QUEUE_FULL` when more waits than the limit; the work is not done then.
   */
  add(bytes: number, work: () => Promise<void>): Promise<void> {
    if (this.#waiting + bytes > this.#maxBytes) {
      throw new OpenMVError(
        'QUEUE_FULL',
        `more than ${this.#maxBytes} bytes wait for the disk, which is too slow for what the camera sends: record fewer channels, or raise maxQueuedBytes`,
      );
    }
    this.#waiting += bytes;
    const done = this.#last.then(work).finally(() => (this.#waiting -= bytes));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Resolves when all that was added is done. */
  async drained(): Promise<void> {
    await this.#last;
  }
}
