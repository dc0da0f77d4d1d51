import { webSocket } from 'openmv-rx/websocket';
import { demoCamera } from './demo/demo-camera';
import type { Way } from './way';

/**
 * Returns the camera that the page's address names: `?demo`, or `?bridge=ws://localhost:8787`.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` for a wrong URL of the bridge.
 */
export function wayIn(query: string): Way | undefined {
  const named = new URLSearchParams(query);
  if (named.has('demo')) return { kind: 'demo', transport: demoCamera() };
  const url = named.get('bridge');
  return url === null ? undefined : { kind: 'bridge', transport: webSocket(url) };
}
