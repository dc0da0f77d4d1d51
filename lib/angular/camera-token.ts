import { InjectionToken } from '@angular/core';
import type { Camera } from '../index.js';

/** The token under which `provideCamera` provides a camera and `injectCamera` finds it. */
export const CAMERA = new InjectionToken<Camera>('the camera of openmv-rx');
