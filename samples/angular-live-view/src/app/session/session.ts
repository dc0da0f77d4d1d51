import { Component } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectCamera } from 'openmv-rx/angular';
import { Panel } from '../panel/panel';
import { RecordButton } from '../recording/record-button';
import { Script } from '../script/script';

/** Everything of one camera. */
@Component({
  selector: 'omv-session',
  imports: [Panel, RecordButton, Script],
  template: `
    <p>{{ state()?.state }} {{ frame()?.index }}</p>
    <omv-record-button />
    <omv-panel />
    <omv-script />
  `,
})
export class Session {
  readonly #camera = injectCamera();
  protected readonly state = toSignal(this.#camera.state$);
  protected readonly frame = toSignal(this.#camera.frames$);
}
