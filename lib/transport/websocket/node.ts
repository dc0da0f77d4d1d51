import { WebSocket as WebSocketOfWs } from 'ws';
import type { Transport } from '../transport.js';
import { webSocketOr, type WebSocketOptions } from './web-socket.js';

export type { WebSocketConstructor, WebSocketLike } from './web-socket-like.js';
export type { WebSocketOptions };

/** `openmv-rx/websocket` in Node, by the `node` condition of package.json. Node 20 has no WebSocket, so this uses the one of `ws`. */
export function webSocket(url: string, options: WebSocketOptions = {}): Transport {
  return webSocketOr(WebSocketOfWs, url, options);
}
