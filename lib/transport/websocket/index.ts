export { webSocket, type WebSocketOptions } from './web-socket.js';
export type { WebSocketConstructor, WebSocketLike } from './web-socket-like.js';
