import { afterNextRender, ChangeDetectionStrategy, Component, inject, viewChild, type ElementRef } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { catchError, EMPTY, filter, switchMap } from 'rxjs';
import { RecordButton } from '../recording/record-button';
import { injectConnection } from './connection';
import { VISIT } from './visit';

/** Which camera it is, where its connection stands and why, and what is done with all of it. */
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
    // The button that was pressed to come here is gone, and who uses the keyboard would begin at the top of nothing.
    afterNextRender(() => {
      this.heading().nativeElement.focus({ preventScroll: true });
    });
  }
}
