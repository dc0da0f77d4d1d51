import type { Subscription } from 'rxjs';
import type { AckWait } from './ack-wait.js';
import type { Effect, Task } from './task.js';

/**
 * What a session is doing: nothing; about to go on with a task; waiting for a back-end's answer to it; waiting for the
 * host's acknowledgement of a packet of it.
 */
export type SessionState =
  | { readonly kind: 'idle' | 'ended' }
  | { readonly kind: 'running'; readonly task: Task; readonly resume: () => IteratorResult<Effect, void> }
  | { readonly kind: 'settling'; readonly task: Task; readonly answer: Subscription }
  | { readonly kind: 'waiting'; readonly task: Task; readonly wait: AckWait };
