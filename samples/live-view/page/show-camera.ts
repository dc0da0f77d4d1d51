import type { Camera } from 'openmv-rx';
import { showEvents, showText } from './logs.js';
import { showPicture } from './picture.js';
import { controlQuality } from './quality.js';
import { showState } from './state.js';

/** Shows a camera in all parts of the page. */
export function showCamera(camera: Camera): void {
  showState(camera);
  showPicture(camera);
  showText(camera);
  showEvents(camera);
  controlQuality(camera);
}
