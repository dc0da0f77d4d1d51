import { defer, Subscription, type Observable, type SchedulerLike } from 'rxjs';
import { messageOf } from '../../errors.js';
import type { ScriptHost } from '../../device/backends/stdin-channel.js';

/** Runs when it is called, until its Observable ends or is unsubscribed. */
export type Script = () => Observable<unknown>;

/** What a script's beginning and end do to the camera around it. */
export interface ScriptEffects {
  /** The script that was uploaded and not executed yet, or `undefined` if there is none. */
  uploaded(): Script | undefined;
  /** If it throws, that ends the script. */
  started(): void;
  /**
   * A soft reboot follows, unless the script was the camera's own; `failure` is what a script that failed has left to
   * say.
   */
  ended(failure: string | undefined, isOwn: boolean): void;
}

/** Runs one script at a time: the camera's own, `main.py`, or one that a host sent (PROTOCOL 9). */
export class ScriptRunner implements ScriptHost {
  private script: Subscription | undefined;
  private isOwn = false;
  private interruption: Subscription | undefined;

  constructor(
    private readonly effects: ScriptEffects,
    private readonly scheduler: SchedulerLike,
  ) {}

  get running(): boolean {
    return this.script !== undefined;
  }

  /** With nothing to stop it executes what was uploaded. */
  stop(): void {
    this.interrupt();
  }

  execute(): void {
    this.interrupt();
  }

  run(work: Script | undefined, isOwn = false): void {
    if (!work) return;
    const script = new Subscription();
    this.script = script;
    this.isOwn = isOwn;
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
    this.interruption?.unsubscribe();
    this.interruption = undefined;
    this.leave();
  }

  /**
   * STOP and EXEC are one to the interpreter. Each is acknowledged first and ends what runs at the next bytecode; a second
   * one before that changes nothing. Then the upload is executed, unless the reboot behind a host's script has lost it.
   */
  private interrupt(): void {
    if (this.interruption) return;
    const interruption = new Subscription();
    this.interruption = interruption;
    interruption.add(
      this.scheduler.schedule(() => {
        this.interruption = undefined;
        const reboots = this.running && !this.isOwn;
        this.end();
        if (!reboots) this.run(this.effects.uploaded());
      }),
    );
  }

  private end(failure?: string): void {
    if (!this.running) return;
    this.leave();
    this.effects.ended(failure, this.isOwn);
  }

  private leave(): void {
    this.script?.unsubscribe();
    this.script = undefined;
  }
}
