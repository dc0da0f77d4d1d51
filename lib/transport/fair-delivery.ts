import { asapScheduler, asyncScheduler } from 'rxjs';

/** Deliveries between two timers of the platform: large enough that throughput does not notice. */
const MICROTASKS_A_TURN = 256;

/**
 * A way to run work outside the caller's stack: each in a microtask of its own, in order, but after 256 of them only
 * once the platform's timers had their turn. Two ends that answer each other for ever would otherwise keep the event
 * loop in its microtasks, and no deadline would ever strike.
 */
export function fairDelivery(): (work: () => void) => void {
  let inThisTurn = 0;
  let held: (() => void)[] = [];

  const nextTurn = (): void => {
    inThisTurn = 0;
    const due = held;
    held = [];
    due.forEach(submit);
  };

  function submit(work: () => void): void {
    if (inThisTurn === 0) asyncScheduler.schedule(nextTurn);
    if (inThisTurn >= MICROTASKS_A_TURN) {
      held.push(work);
      return;
    }
    inThisTurn++;
    asapScheduler.schedule(work);
  }

  return submit;
}
