import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  input,
  output,
  viewChild,
  type ElementRef,
} from '@angular/core';
import { BridgeWay } from './bridge/bridge-way';
import { DemoWay } from './demo/demo-way';
import { lastWay, rememberWay } from './last-way';
import { SerialWay } from './serial/serial-way';
import type { Way } from './way';

/** The start page: the choices of a camera. */
@Component({
  selector: 'omv-ways',
  imports: [BridgeWay, DemoWay, SerialWay],
  template: `
    <main>
      <h1 #heading tabindex="-1">Which camera?</h1>
      <p class="quiet">The library runs in this page, and nothing of what the camera sees leaves it.</p>
      @if (problem(); as why) {
        <p class="failed" role="alert">{{ why }}</p>
      }
      <omv-serial-way [isLast]="last === 'serial'" (chosen)="choose($event)" />
      <omv-bridge-way [isLast]="last === 'bridge'" (chosen)="choose($event)" />
      <omv-demo-way [isLast]="last === 'demo'" (chosen)="choose($event)" />
    </main>
  `,
  styleUrl: './ways.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Ways {
  /** True if the user comes from a camera: then the keyboard's focus moves here. */
  readonly isReturning = input(false);
  /** The error in the page's address. */
  readonly problem = input('');
  readonly chosen = output<Way>();
  protected readonly last = lastWay();
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');

  constructor() {
    afterNextRender(() => {
      if (this.isReturning()) this.heading().nativeElement.focus();
    });
  }

  protected choose(way: Way): void {
    rememberWay(way.kind);
    this.chosen.emit(way);
  }
}
