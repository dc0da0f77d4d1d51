import { Component, output } from '@angular/core';
import { VirtualCamera, type Transport } from 'openmv-rx';

/** The ways to a camera. */
@Component({
  selector: 'omv-ways',
  template: `<button type="button" (click)="demo()">Demo camera</button>`,
})
export class Ways {
  readonly chosen = output<Transport>();

  protected demo(): void {
    this.chosen.emit(new VirtualCamera().transport());
  }
}
