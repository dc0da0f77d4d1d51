import { type Camera, type CameraState } from 'openmv-rx';
import { scan } from 'rxjs';
import { element } from './element.js';

/** Shows the connection's state, and its reason over the last picture while no new one arrives. */
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

/** The close code of the server for a WebSocket that connects while another one uses the camera. */
const inUse = /\bcode 4409\b/;
const taken = 'Another page or program is using the camera. Close it, and this page connects by itself.';

/** Keep showing why the camera was lost while the page retries. */
function keepLoss(before: CameraState, now: CameraState): CameraState {
  const again = now.state === 'opening' && (before.state === 'lost' || before.state === 'opening');
  return again ? { ...now, reason: before.reason, ...(before.error && { error: before.error }) } : now;
}
