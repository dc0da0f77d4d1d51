import type { Provider } from '@angular/core';
import { EMPTY } from 'rxjs';
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
 * @throws {OpenMVError} `INVALID_ARGUMENT` where `transport` is neither, or the options are none of a `Camera`; and from the
 * first `injectCamera()` where the function makes no transport.
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
  // Refuses wrong options here, where they stand, and not where the camera is injected. It opens nothing.
  new Camera(NOWHERE, options);
  return {
    provide: CAMERA,
    useFactory: () => new Camera(typeof transport === 'function' ? made(transport) : transport, options),
  };
}

const NOWHERE: Transport = { name: 'nowhere', open: () => EMPTY };

function made(transport: () => Transport): Transport {
  const way: unknown = transport();
  if (isTransport(way)) return way;
  throw new OpenMVError(
    'INVALID_ARGUMENT',
    'the function that provideCamera was given makes a transport, such as webSerial(), and returned none',
  );
}

function isTransport(value: unknown): value is Transport {
  return typeof value === 'object' && value !== null && 'open' in value && typeof value.open === 'function';
}
