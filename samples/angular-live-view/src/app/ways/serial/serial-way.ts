import { DOCUMENT } from '@angular/common';
import { ChangeDetectionStrategy, Component, DestroyRef, inject, input, output, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { requestCameraPort, webSerial } from 'openmv-rx/web-serial';
import type { Way } from '../way';
import { WayCard } from '../way-card';
import { whyNoSerial } from './why-no-serial';

/** The choice of a camera at a USB port, which the user selects in the browser's list. */
@Component({
  selector: 'omv-serial-way',
  imports: [WayCard],
  template: `
    <omv-way-card name="USB port" [isLast]="isLast()">
      @if (why) {
        <p>{{ why }}</p>
      } @else {
        <p>
          A camera that is plugged into this computer. The browser asks which one. Close OpenMV IDE before: a port has
          one user.
        </p>
        <button type="button" class="primary" (click)="choose()">Choose a camera…</button>
        <p role="status" class="failed">{{ failure() }}</p>
      }
    </omv-way-card>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SerialWay {
  readonly isLast = input.required<boolean>();
  readonly chosen = output<Way>();
  protected readonly why = whyNoSerial(inject(DOCUMENT).defaultView as Window);
  protected readonly failure = signal('');
  readonly #destroyed = inject(DestroyRef);

  protected choose(): void {
    this.failure.set('');
    requestCameraPort()
      .pipe(takeUntilDestroyed(this.#destroyed))
      .subscribe({
        next: (port) => {
          this.chosen.emit({ kind: 'serial', transport: webSerial(port) });
        },
        error: (error: Error) => {
          this.failure.set(error.message);
        },
      });
  }
}
