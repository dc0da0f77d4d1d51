import { InjectionToken } from '@angular/core';
import type { Camera } from '../index.js';

/** What `provideCamera` provides and `injectCamera` injects. */
export const CAMERA = new InjectionToken<Camera>('the camera of openmv-rx');
