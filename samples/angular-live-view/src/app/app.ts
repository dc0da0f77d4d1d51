import { NgComponentOutlet } from '@angular/common';
import { Component, computed, createEnvironmentInjector, EnvironmentInjector, inject, signal } from '@angular/core';
import type { Transport } from 'openmv-rx';
import { provideCamera } from 'openmv-rx/angular';
import { Session } from './session/session';
import { Ways } from './ways/ways';

/** Asks for the way to a camera, and shows that camera until the user leaves it. */
@Component({
  selector: 'omv-app',
  imports: [NgComponentOutlet, Ways],
  template: `
    @if (session(); as injector) {
      <ng-container *ngComponentOutlet="Session; environmentInjector: injector" />
    } @else {
      <omv-ways (chosen)="open($event)" />
    }
  `,
})
export class App {
  protected readonly Session = Session;
  readonly #parent = inject(EnvironmentInjector);
  readonly #transport = signal<Transport | undefined>(undefined);
  /** What the camera's page is made in: everything in it injects the same camera. */
  protected readonly session = computed(() => {
    const transport = this.#transport();
    return transport && createEnvironmentInjector([provideCamera(transport)], this.#parent);
  });

  protected open(transport: Transport): void {
    this.#transport.set(transport);
  }
}
