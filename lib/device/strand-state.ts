import type { Subscription } from 'rxjs';
import type { AckWait } from './ack-wait.js';
import type { Effect, Pending, Task } from './task.js';

/**
 * What a strand is doing: nothing; about to go on with a task; waiting for a back-end's answer to it; waiting for the
 * host's acknowledgement of a packet of it.
 */
export type StrandState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly task: Task; readonly resume: () => IteratorResult<Effect, void> }
  | { readonly kind: 'settling'; readonly task: Task; readonly answer: Pending; readonly subscription: Subscription }
  | { readonly kind: 'waiting'; readonly task: Task; readonly wait: AckWait };
