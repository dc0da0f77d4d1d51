/**
 * What is used of a WebSocket: the browser's, Node's and that of the package `ws` have it in common. Spelled out, so
 * that the types of neither platform are needed to compile against this library.
 */
export interface WebSocketLike {
  readonly readyState: number;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: Uint8Array): void;
  close(): void;
}

/** A class of WebSockets. */
export type WebSocketConstructor = new (url: string) => WebSocketLike;

/** `readyState` of a socket that can send. */
export const OPEN = 1;
