import { defer, Subscription, type Observable, type SchedulerLike } from 'rxjs';
import { messageOf } from '../errors.js';
import type { ScriptHost } from './stdin-channel.js';

/** Runs when it is called, until its Observable ends or is unsubscribed. */
export type Script = () => Observable<unknown>;

/** What a script's beginning and end do to the camera around it. */
export interface ScriptEffects {
  /** What is to be run: the script that was uploaded, or `undefined` if there is none. */
  uploaded(): Script | undefined;
  /** If it throws, that ends the script. */
  started(): void;
  /** A soft reboot follows every end; `failure` is what a script that failed has left to say. */
  ended(failure: string | undefined): void;
}

/** Runs one script at a time. What the host orders is acknowledged first and done then (PROTOCOL 9). */
export class ScriptRunner implements ScriptHost {
  private script: Subscription | undefined;

  constructor(
    private readonly effects: ScriptEffects,
    private readonly scheduler: SchedulerLike,
  ) {}

  get running(): boolean {
    return this.script !== undefined;
  }

  stop(): void {
    this.scheduler.schedule(() => this.end());
  }

  /** While a script runs this only ends it: the reboot that follows loses what was uploaded. */
  execute(): void {
    this.scheduler.schedule(() => {
      if (this.running) this.end();
      else this.run(this.effects.uploaded());
    });
  }

  run(work: Script | undefined): void {
    if (!work) return;
    const script = new Subscription();
    this.script = script;
    const ended = (failure?: string) => {
      if (this.script === script) this.end(failure);
    };
    script.add(
      defer(() => {
        this.effects.started();
        return work();
      }).subscribe({
        complete: () => ended(),
        error: (error: unknown) => ended(`${messageOf(error)}\n`),
      }),
    );
  }

  /** Ends the script without what follows from an end: the power is gone. */
  kill(): void {
    this.script?.unsubscribe();
    this.script = undefined;
  }

  private end(failure?: string): void {
    if (!this.running) return;
    this.kill();
    this.effects.ended(failure);
  }
}
