import type { Topic } from './topics.js';

/** A message as it is written. */
export interface McapMessage {
  readonly topic: Topic;
  readonly data: Uint8Array;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
}
