import { webSocket } from 'openmv-rx/websocket';
import { demoCamera } from './demo/demo-camera';
import type { Way } from './way';

/**
 * The way that the page's address names: `?demo`, or `?bridge=ws://localhost:8787`.
 *
 * @throws {OpenMVError} what is wrong with the bridge's URL.
 */
export function wayIn(query: string): Way | undefined {
  const named = new URLSearchParams(query);
  if (named.has('demo')) return { kind: 'demo', transport: demoCamera() };
  const url = named.get('bridge');
  return url === null ? undefined : { kind: 'bridge', transport: webSocket(url) };
}
