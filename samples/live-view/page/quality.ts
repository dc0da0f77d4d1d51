import { json, type Camera } from 'openmv-rx';
import {
  catchError,
  concat,
  distinctUntilChanged,
  EMPTY,
  filter,
  fromEvent,
  ignoreElements,
  map,
  switchMap,
  tap,
  type Observable,
} from 'rxjs';
import { element } from './element.js';
import { latestInTurn } from './latest-in-turn.js';

/** The value of the virtual camera's `config` channel. A script that serves the same value gets this slider, too. */
interface Config {
  readonly quality: number;
}

/** Writes the slider's value to the camera's `config`, and shows the value that the camera reports. */
export function controlQuality(camera: Camera): void {
  const config = camera.channel('config', json<Config>());
  const slider = element('quality', HTMLInputElement);
  const wanted = element('wanted', HTMLOutputElement);
  const confirmed = element('confirmed', HTMLParagraphElement);

  const answer = (asked: Observable<Config>): Observable<Config> =>
    asked.pipe(
      tap(({ quality }) => {
        confirmed.removeAttribute('data-failed');
        confirmed.textContent = `The camera confirms ${quality}.`;
        confirmed.dataset['quality'] = String(quality);
      }),
      catchError((error: unknown) => {
        confirmed.setAttribute('data-failed', '');
        confirmed.textContent = error instanceof Error ? error.message : String(error);
        return EMPTY;
      }),
    );

  const ready$ = camera.state$.pipe(
    map(({ state }) => state === 'ready'),
    distinctUntilChanged(),
  );
  ready$.subscribe((ready) => {
    slider.disabled = !ready;
  });
  // When a camera connects, the slider starts at the camera's value.
  ready$
    .pipe(
      filter((ready) => ready),
      switchMap(() => answer(config.read())),
    )
    .subscribe(({ quality }) => {
      slider.value = wanted.value = String(quality);
    });

  fromEvent(slider, 'input')
    .pipe(
      map(() => slider.valueAsNumber),
      tap((quality) => (wanted.value = String(quality))),
      latestInTurn((quality) => answer(concat(config.write({ quality }).pipe(ignoreElements()), config.read()))),
    )
    .subscribe();
}
