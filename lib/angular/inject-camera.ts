import { inject } from '@angular/core';
import { OpenMVError, type Camera } from '../index.js';
import { CAMERA } from './camera-token.js';

/**
 * The camera that the nearest `provideCamera(…)` provides: the same to all who are below it.
 *
 * For an injection context, as Angular's own `inject`, which errors elsewhere (NG0203): the constructor and the fields of a
 * component, a directive, a service, or a factory.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` where no camera is provided.
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
 *   // Opens the camera, as long as the component is there.
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
