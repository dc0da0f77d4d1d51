import { computed, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { json } from 'openmv-rx';
import { injectCamera } from 'openmv-rx/angular';
import { catchError, concatMap, debounceTime, EMPTY, finalize, Subject, tap } from 'rxjs';

type Settings = Partial<Record<'quality' | 'framesPerSecond', number>>;
@Injectable()
export class CameraSettings {
  readonly #config = injectCamera().channel('config', json<Settings>());
  readonly #edited$ = new Subject<void>(); // ends with the form: the last edit is then saved without a pause
  readonly #held = signal<Settings>({}); // by the camera
  readonly #draft = signal<Settings>({}); // not confirmed by the camera yet
  readonly value = computed(() => ({ ...this.#held(), ...this.#draft() }));
  readonly problem = signal('');

  constructor() {
    const failed = ({ message }: Error) => this.problem.set(message);
    this.#config.value$.pipe(takeUntilDestroyed()).subscribe({ next: (held) => this.#held.set(held), error: failed });
    const paused$ = this.#edited$.pipe(takeUntilDestroyed(), debounceTime(300));
    paused$.pipe(concatMap(() => this.#save())).subscribe();
  }

  set(change: Settings): void {
    this.#draft.update((draft) => ({ ...draft, ...change }));
    this.problem.set('');
    this.#edited$.next();
  }

  #save(sent = this.#draft()) {
    if (Object.keys(sent).length === 0) return EMPTY;
    const isNewer = ([name, value]: [string, number]) => sent[name as keyof Settings] !== value;
    return this.#config.write(sent).pipe(
      tap({ complete: () => this.#held.update((held) => ({ ...held, ...sent })) }),
      catchError(({ message }: Error) => (this.problem.set(message), EMPTY)),
      finalize(() => this.#draft.update((draft) => Object.fromEntries(Object.entries(draft).filter(isNewer)))),
    );
  }
}
