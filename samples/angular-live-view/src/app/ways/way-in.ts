import { webSocket } from 'openmv-rx/websocket';
import { demoCamera } from './demo/demo-camera';
import type { Way } from './way';

/** The way that the page's address names: `?demo`, or `?bridge=ws://localhost:8787`. */
export function wayIn(query: string): Way | undefined {
  const named = new URLSearchParams(query);
  if (named.has('demo')) return { kind: 'demo', transport: demoCamera() };
  const url = named.get('bridge');
  if (url === null) return undefined;
  try {
    return { kind: 'bridge', transport: webSocket(url) };
  } catch {
    // The choice of the ways says what a bridge's URL is like.
    return undefined;
  }
}
