import { InjectionToken } from '@angular/core';
import type { Way } from '../ways/way';

/** The time that the page spends with a camera. */
export interface Visit {
  readonly way: Way;
  /** Closes the camera's port and shows the start page again. */
  leave(): void;
}

export const VISIT = new InjectionToken<Visit>('the visit at the camera');
