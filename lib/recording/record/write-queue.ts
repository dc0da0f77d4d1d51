import { OpenMVError } from '../../errors.js';

/** Runs asynchronous tasks one after another. Holds waiting tasks up to a limit of bytes. */
export class WriteQueue {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Runs `work` after the tasks before it, also if they failed. Settles with `work`.
   *
   * @throws {OpenMVError} `QUEUE_FULL` when the limit is exceeded; `work` does not run then.
   */
  add(bytes: number, work: () => Promise<void>): Promise<void> {
    if (this.#waiting + bytes > this.#maxBytes) {
      throw new OpenMVError(
        'QUEUE_FULL',
        `more than ${this.#maxBytes} bytes wait for the disk, which is slower than the camera: record fewer channels, or raise maxQueuedBytes`,
      );
    }
    this.#waiting += bytes;
    const done = this.#last.then(work).finally(() => (this.#waiting -= bytes));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Resolves when all tasks are done. */
  async drained(): Promise<void> {
    await this.#last;
  }
}
