import { Component, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { catchError, EMPTY, filter, switchMap } from 'rxjs';
import { RecordButton } from '../recording/record-button';
import { VISIT } from './visit';

/** Which camera it is, where its connection stands, and what is done with all of it. */
@Component({
  selector: 'omv-session-bar',
  imports: [RecordButton],
  template: `
    <header>
      <div>
        <h1>{{ info()?.board ?? visit.way.transport.name }}</h1>
        <p class="quiet">{{ state().reason }}</p>
      </div>
      <p class="state" [attr.data-state]="state().state">{{ state().state }}</p>
      <div class="tools">
        <omv-record-button />
        <button type="button" (click)="visit.leave()">Leave</button>
      </div>
    </header>
  `,
  styleUrl: './session-bar.css',
})
export class SessionBar {
  readonly #camera = injectCamera();
  protected readonly visit = inject(VISIT);
  protected readonly state = toSignal(this.#camera.state$, { requireSync: true });
  protected readonly info = toSignal(
    this.#camera.state$.pipe(
      filter(({ state }) => state === 'ready'),
      switchMap(() => this.#camera.info().pipe(catchError(() => EMPTY))),
    ),
  );
}
