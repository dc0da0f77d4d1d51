import { Component, input, output } from '@angular/core';
import { demoCamera } from './demo/demo-camera';
import type { Way } from './way';

/** The ways to a camera. */
@Component({
  selector: 'omv-ways',
  template: `<main><button type="button" class="primary" (click)="demo()">Open the demo camera</button></main>`,
})
export class Ways {
  /** Whether the user was at a camera before. */
  readonly returning = input(false);
  readonly chosen = output<Way>();

  protected demo(): void {
    this.chosen.emit({ kind: 'demo', transport: demoCamera() });
  }
}
