import type { Provider } from '@angular/core';
import { EMPTY } from 'rxjs';
import { Camera, OpenMVError, type CameraOptions, type Transport } from '../index.js';
import { CAMERA } from './camera-token.js';

/**
 * Provides a camera that `injectCamera()` injects. Use it in the providers of an application, a route or a component; each
 * of these gets its own camera.
 *
 * The camera is created when it is first injected, and opens nothing. Its link is open while it has subscriptions, for
 * example of `toSignal(camera.frames$)`. With `toSignal` and `takeUntilDestroyed()` a subscription ends when its component
 * is destroyed, and the link closes after the last one. Holds the camera.
 *
 * @param transport the transport of the camera, or a function that makes one, which is called in an injection context
 * @param options the options of the `Camera`
 * @throws {OpenMVError} `INVALID_ARGUMENT` when `transport` is neither, or an option is wrong. The first `injectCamera()`
 * throws it when the function returns no transport.
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
  // Check the options here, where the program passes them, and not where the camera is injected. This opens nothing.
  new Camera(NOWHERE, options);
  return {
    provide: CAMERA,
    useFactory: () => new Camera(typeof transport === 'function' ? checked(transport()) : transport, options),
  };
}

const NOWHERE: Transport = { name: 'nowhere', open: () => EMPTY };

function checked(transport: unknown): Transport {
  if (isTransport(transport)) return transport;
  throw new OpenMVError(
    'INVALID_ARGUMENT',
    'the function passed to provideCamera must return a transport, such as webSerial()',
  );
}

function isTransport(value: unknown): value is Transport {
  return typeof value === 'object' && value !== null && 'open' in value && typeof value.open === 'function';
}
