import { DestroyRef, inject, signal } from '@angular/core';
import { takeUntilDestroyed, toSignal } from '@angular/core/rxjs-interop';
import { lines, tracebacks, type ScriptValue, type Traceback, type WriteProgress } from 'openmv-rx';
import { injectCamera } from 'openmv-rx/angular';
import { catchError, defer, EMPTY, filter, finalize, Subject, switchMap, tap, type Observable } from 'rxjs';
import { againWhenReady } from '../again-when-ready';
import { messageOf } from '../message-of';

/** The current action on the camera's script. */
export type Doing = 'nothing' | 'running it' | 'stopping it';

/**
 * Runs and stops scripts, and knows how that goes. A later order takes the place of the one under way: the library stops what
 * runs before it runs something else. For an injection context.
 */
export class Runs {
  readonly #camera = injectCamera();
  readonly #orders$ = new Subject<Observable<unknown>>();
  readonly #doing = signal<Doing>('nothing');
  readonly #progress = signal<WriteProgress | undefined>(undefined);
  readonly #failure = signal<string | undefined>(undefined);
  readonly #sent = signal<string | undefined>(undefined);
  readonly #traceback = signal<Traceback | undefined>(undefined);

  readonly doing = this.#doing.asReadonly();
  /** Of the upload. */
  readonly progress = this.#progress.asReadonly();
  /** Why the last order came to nothing. */
  readonly failure = this.#failure.asReadonly();
  /** The script that was run from here last. */
  readonly sent = this.#sent.asReadonly();
  /** The exception that ended the script, if one did. */
  readonly traceback = this.#traceback.asReadonly();
  /** True while a script runs, even if another program started it. */
  readonly running = toSignal(this.#camera.running$.pipe(againWhenReady(this.#camera)));

  constructor() {
    const untilDestroyed = inject(DestroyRef);
    this.#orders$
      .pipe(
        switchMap((order) => order),
        takeUntilDestroyed(untilDestroyed),
      )
      .subscribe();
    this.#camera.stdout$
      .pipe(
        againWhenReady(this.#camera),
        lines(),
        tracebacks(),
        // A script that is stopped has not failed.
        filter(({ type }) => type !== 'KeyboardInterrupt' && this.#doing() !== 'stopping it'),
        takeUntilDestroyed(untilDestroyed),
      )
      .subscribe((traceback) => {
        this.#traceback.set(traceback);
      });
  }

  run(script: string, parameters: Readonly<Record<string, ScriptValue>>): void {
    this.#order(
      'running it',
      defer(() => {
        this.#sent.set(script);
        return this.#camera.run(script, { parameters });
      }).pipe(
        tap((progress) => {
          this.#progress.set(progress);
          // Until then, it was the one before that failed.
          if (progress.sent === progress.total) this.#traceback.set(undefined);
        }),
      ),
    );
  }

  stop(): void {
    this.#order('stopping it', this.#camera.stop());
  }

  #order(doing: Doing, work: Observable<unknown>): void {
    this.#orders$.next(
      defer(() => {
        this.#doing.set(doing);
        this.#failure.set(undefined);
        this.#traceback.set(undefined);
        return work;
      }).pipe(
        catchError((error: unknown) => {
          this.#failure.set(messageOf(error));
          return EMPTY;
        }),
        finalize(() => {
          this.#doing.set('nothing');
          this.#progress.set(undefined);
        }),
      ),
    );
  }
}
