import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import type { Way } from '../way';
import { WayCard } from '../way-card';
import { demoCamera } from './demo-camera';

/** The choice of a camera without hardware. */
@Component({
  selector: 'omv-demo-way',
  imports: [WayCard],
  template: `
    <omv-way-card name="Demo camera" [isLast]="isLast()">
      <p>
        A camera that is not there: pictures, text, events, widgets, a motion sensor, and scripts of a small part of
        MicroPython.
      </p>
      <button type="button" class="primary" (click)="open()">Open the demo camera</button>
    </omv-way-card>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DemoWay {
  readonly isLast = input.required<boolean>();
  readonly chosen = output<Way>();

  protected open(): void {
    this.chosen.emit({ kind: 'demo', transport: demoCamera() });
  }
}
