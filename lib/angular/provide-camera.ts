import type { Provider } from '@angular/core';
import { Camera, OpenMVError, type CameraOptions, type Transport } from '../index.js';
import { CAMERA } from './camera-token.js';

/**
 * Provides a camera, which `injectCamera()` injects, in the providers of an application, a route or a component: each of these
 * has a camera of its own.
 *
 * The camera is made when it is injected for the first time, and opens nothing. Its link is open while something subscribes
 * to it, such as a signal made by `toSignal(camera.frames$)` or what is piped through `takeUntilDestroyed()`; so a component
 * that goes takes its part of the link with it, and the last one closes it. Holds the camera.
 *
 * @param transport the way to the camera, or what makes it, in an injection context
 * @param options of the `Camera`
 * @throws {OpenMVError} `INVALID_ARGUMENT` where `transport` is neither; what is wrong with the options is thrown by the first
 * `injectCamera()`.
 *
 * @example
 * ```ts
 * import type { ApplicationConfig } from '@angular/core';
 * import { provideCamera } from 'openmv-rx/angular';
 * import { webSerial } from 'openmv-rx/web-serial';
 *
 * export const appConfig: ApplicationConfig = { providers: [provideCamera(() => webSerial())] };
 * ```
 */
export function provideCamera(transport: Transport | (() => Transport), options?: CameraOptions): Provider {
  if (!(typeof transport === 'function' || isTransport(transport)))
    throw new OpenMVError(
      'INVALID_ARGUMENT',
      'provideCamera takes a transport, such as webSerial(), or a function that makes one',
    );
  return {
    provide: CAMERA,
    useFactory: () => new Camera(typeof transport === 'function' ? transport() : transport, options),
  };
}

function isTransport(value: unknown): value is Transport {
  return typeof value === 'object' && value !== null && 'open' in value && typeof value.open === 'function';
}
