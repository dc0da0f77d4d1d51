import { type Camera, type CameraState } from 'openmv-rx';
import { scan } from 'rxjs';
import { element } from './element.js';

/** Shows the connection's state, and, over the last picture while there is no newer one, the reason for it. */
export function showState(camera: Camera): void {
  const place = element('state', HTMLParagraphElement);
  const because = element('reason', HTMLParagraphElement);
  const frame = element('frame', HTMLCanvasElement);
  camera.state$.pipe(scan(keepLoss)).subscribe(({ state, reason }) => {
    const ready = state === 'ready';
    place.dataset['state'] = state;
    place.textContent = state;
    because.textContent = ready ? '' : reason;
    frame.toggleAttribute('data-stale', !ready);
  });
}

/** Why the camera was lost stays to be read while it is tried again. */
function keepLoss(before: CameraState, now: CameraState): CameraState {
  const again = now.state === 'opening' && (before.state === 'lost' || before.state === 'opening');
  return again ? { ...now, reason: before.reason } : now;
}
