import { isObservable } from 'rxjs';
import type { Pending } from './task.js';

/** Answers of back-ends that nobody waits for any more and that can't be taken back: Promises. */
export class Unsettled {
  private count = 0;

  constructor(private readonly onSettled: () => void) {}

  get any(): boolean {
    return this.count > 0;
  }

  /** An Observable was unsubscribed, which has settled it. */
  add(answer: Pending): void {
    if (isObservable(answer)) return;
    this.count++;
    const settled = () => {
      this.count--;
      this.onSettled();
    };
    answer.then(settled, settled);
  }
}
