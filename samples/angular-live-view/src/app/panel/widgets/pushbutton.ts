import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { PushbuttonWidget } from 'openmv-rx/widgets';
import { fullName } from '../widget-names';

/** Has no state: the camera does something at a click. */
@Component({
  selector: 'omv-pushbutton',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<button type="button" (click)="clicked.emit()">{{ name() }}</button>`,
})
export class Pushbutton {
  readonly widget = input.required<PushbuttonWidget>();
  readonly clicked = output();
  protected readonly name = computed(() => fullName(this.widget()));
}
