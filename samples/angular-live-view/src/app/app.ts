import { DOCUMENT, NgComponentOutlet } from '@angular/common';
import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  createEnvironmentInjector,
  EnvironmentInjector,
  inject,
  Injector,
  signal,
} from '@angular/core';
import { provideCamera } from 'openmv-rx/angular';
import { messageOf } from './message-of';
import { Session } from './session/session';
import { VISIT, type Visit } from './session/visit';
import type { Way } from './ways/way';
import { wayIn } from './ways/way-in';
import { Ways } from './ways/ways';

/** Shows the start page, and then the chosen camera until the user leaves it. */
@Component({
  selector: 'omv-app',
  imports: [NgComponentOutlet, Ways],
  template: `
    @if (visit(); as injector) {
      <ng-container *ngComponentOutlet="Session; environmentInjector: injector" />
    } @else {
      <omv-ways [isReturning]="hasLeft()" [problem]="problem()" (chosen)="open($event)" />
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class App {
  protected readonly Session = Session;
  readonly #parent = inject(EnvironmentInjector);
  readonly #injector = inject(Injector);
  /** The injector of the camera's page: everything in it injects the same camera. */
  protected readonly visit = signal<EnvironmentInjector | undefined>(undefined);
  protected readonly hasLeft = signal(false);

  /** The error in the page's address. */
  protected readonly problem = signal('');

  constructor() {
    try {
      const way = wayIn(inject(DOCUMENT).location.search);
      if (way) this.open(way);
    } catch (error) {
      this.problem.set(messageOf(error));
    }
  }

  protected open(way: Way): void {
    const visit: Visit = { way, leave: () => this.#leave() };
    const injector = createEnvironmentInjector(
      [provideCamera(way.transport, { reconnect: 'always', closeAfterMs: 0 }), { provide: VISIT, useValue: visit }],
      this.#parent,
    );
    this.visit.set(injector);
    this.problem.set('');
  }

  #leave(): void {
    const injector = this.visit();
    this.visit.set(undefined);
    this.hasLeft.set(true);
    // What is shown may inject something as long as it is there.
    afterNextRender(() => injector?.destroy(), { injector: this.#injector });
  }
}
