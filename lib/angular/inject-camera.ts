import { inject } from '@angular/core';
import { OpenMVError, type Camera } from '../index.js';
import { CAMERA } from './camera-token.js';

/**
 * Returns the camera of the nearest `provideCamera(…)`. Everything below that provider gets the same camera.
 *
 * Call it in an injection context, as Angular's own `inject`: in constructors, field initialisers and factories. Elsewhere
 * Angular throws NG0203. Opens nothing.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` when no camera is provided.
 *
 * @example
 * ```ts
 * import { Component } from '@angular/core';
 * import { toSignal } from '@angular/core/rxjs-interop';
 * import { lines } from 'openmv-rx';
 * import { injectCamera } from 'openmv-rx/angular';
 *
 * @Component({ selector: 'last-line', template: `The camera printed {{ line() }}` })
 * export class LastLine {
 *   // Keeps the camera open while the component exists.
 *   readonly line = toSignal(injectCamera().stdout$.pipe(lines()));
 * }
 * ```
 */
export function injectCamera(): Camera {
  const camera = inject(CAMERA, { optional: true });
  if (camera !== null) return camera;
  throw new OpenMVError(
    'INVALID_ARGUMENT',
    'no camera is provided here: add provideCamera(…) to the providers of the application, the route or the component',
  );
}
