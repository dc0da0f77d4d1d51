import { Subscription } from 'rxjs';

/** A place for one subscription: what comes next ends what was there, and the end of the owner ends both. */
export class OneAtATime {
  #present = Subscription.EMPTY;

  constructor(private readonly owner: Subscription) {}

  /** Ends what was there and begins anew. What an owner that is gone begins is ended at once. */
  begin(subscribe: () => Subscription): void {
    this.end();
    const present = new Subscription();
    this.#present = present;
    this.owner.add(present);
    present.add(subscribe());
  }

  end(): void {
    this.owner.remove(this.#present);
    this.#present.unsubscribe();
  }
}
