import type { Transport } from 'openmv-rx';
import { firstValueFrom, ReplaySubject } from 'rxjs';
import { bridge, type BridgeEvent } from '../../../lib/cli/bridge/bridge.js';

/** A bridge in this program: what a spec's own camera is behind, so that the spec sees what reaches it. */
export interface Bridged {
  /** For the address of the page: `?bridge=…`. */
  readonly query: string;
  readonly url: string;
  readonly events$: ReplaySubject<BridgeEvent>;
  close(): void;
}

/** Serves a camera, such as `new VirtualCamera().transport()`, to a page. */
export async function bridged(transport: Transport, token?: string): Promise<Bridged> {
  const events$ = new ReplaySubject<BridgeEvent>();
  const access = { origins: [], ...(token !== undefined && { token }) };
  const serving = bridge(transport, { listen: { host: '127.0.0.1', port: 0 }, ...access }).subscribe(events$);
  const first = await firstValueFrom(events$);
  if (!('listening' in first)) throw new Error('a bridge first tells where it listens');
  const url = first.listening;
  return { url, query: `?bridge=${encodeURIComponent(url)}`, events$, close: () => serving.unsubscribe() };
}
