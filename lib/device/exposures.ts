import { Subscription, timer, type SchedulerLike } from 'rxjs';

/** A sensor's pictures, while they are wanted: one at once, and then one each period. */
export class Exposures {
  private framesPerSecond: number | undefined;
  private timer = Subscription.EMPTY;

  constructor(
    private readonly expose: () => void,
    private readonly scheduler: SchedulerLike,
  ) {}

  /** @param framesPerSecond `undefined` for none; what it is already changes nothing */
  run(framesPerSecond: number | undefined): void {
    if (framesPerSecond === this.framesPerSecond) return;
    this.framesPerSecond = framesPerSecond;
    this.timer.unsubscribe();
    if (framesPerSecond !== undefined)
      this.timer = timer(0, 1000 / framesPerSecond, this.scheduler).subscribe(this.expose);
  }
}
