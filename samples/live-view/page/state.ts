import { type Camera, type CameraState } from 'openmv-rx';
import { scan } from 'rxjs';
import { element } from './element.js';

/** Shows the connection's state, and, over the last picture while there is no newer one, the reason for it. */
export function showState(camera: Camera): void {
  const place = element('state', HTMLParagraphElement);
  const because = element('reason', HTMLParagraphElement);
  const frame = element('frame', HTMLCanvasElement);
  camera.state$.pipe(scan(keepLoss)).subscribe(({ state, reason, error }) => {
    const ready = state === 'ready';
    const isInUse = inUse.test(error?.message ?? '');
    place.dataset['state'] = state;
    place.textContent = isInUse ? 'in use' : state;
    because.textContent = ready ? '' : isInUse ? taken : reason;
    frame.toggleAttribute('data-stale', !ready);
  });
}

/** The code with which the server closes a WebSocket that comes while another one has the camera. */
const inUse = /\bcode 4409\b/;
const taken = 'Another page or program is using the camera. Close it, and this page connects by itself.';

/** Why the camera was lost stays to be read while it is tried again. */
function keepLoss(before: CameraState, now: CameraState): CameraState {
  const again = now.state === 'opening' && (before.state === 'lost' || before.state === 'opening');
  return again ? { ...now, reason: before.reason, ...(before.error && { error: before.error }) } : now;
}
