import { type Camera } from 'openmv-rx';
import { element } from './element.js';

/** Shows the connection's state, and, over the last picture while there is no newer one, the reason for it. */
export function showState(camera: Camera): void {
  const place = element('state', HTMLParagraphElement);
  const because = element('reason', HTMLParagraphElement);
  const frame = element('frame', HTMLCanvasElement);
  camera.state$.subscribe(({ state, reason }) => {
    const ready = state === 'ready';
    place.dataset['state'] = state;
    place.textContent = state;
    because.textContent = ready ? '' : reason;
    frame.toggleAttribute('data-stale', !ready);
  });
}
