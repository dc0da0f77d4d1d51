/**
 * What is used of a WebSocket: the browser's, Node's and that of the package `ws` have it in common. Spelled out, so
 * that the types of neither platform are needed to compile against this library.
 */
export interface WebSocketLike {
  readonly readyState: number;
  /** Bytes that were given to `send` and that the network has not taken yet. */
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: Uint8Array): void;
  close(): void;
  /** Of the package `ws`, as the next two: a page can't ping. */
  ping?(): void;
  on?(event: 'pong', heard: () => void): unknown;
  /** Closes it without waiting for the other end. */
  terminate?(): void;
}

/** A class of WebSockets. */
export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;

/** `readyState` of a socket that can send. */
export const OPEN = 1;
