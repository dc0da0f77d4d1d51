import { afterNextRender, ChangeDetectionStrategy, Component, inject, viewChild, type ElementRef } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { catchError, EMPTY, filter, switchMap } from 'rxjs';
import { RecordButton } from '../recording/record-button';
import { injectConnection } from './connection';
import { VISIT } from './visit';

/** The camera's name, the state of its connection with the reason, and the buttons for the whole camera. */
@Component({
  selector: 'omv-session-bar',
  imports: [RecordButton],
  templateUrl: './session-bar.html',
  styleUrl: './session-bar.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SessionBar {
  readonly #camera = injectCamera();
  protected readonly visit = inject(VISIT);
  protected readonly connection = injectConnection();
  /** Another camera may be there after a loss, or another firmware after a reboot. */
  protected readonly info = toSignal(
    this.#camera.state$.pipe(
      filter(({ state }) => state === 'ready'),
      switchMap(() => this.#camera.info().pipe(catchError(() => EMPTY))),
    ),
  );
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');

  constructor() {
    // The button that led here is gone, so move the keyboard's focus here.
    afterNextRender(() => {
      this.heading().nativeElement.focus({ preventScroll: true });
    });
  }
}
