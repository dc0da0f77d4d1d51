/**
 * The part of a WebSocket that this library uses. The browser's, Node's and that of the package `ws` have it in common. It is spelled out
 * here, so that a program compiles without the types of either platform.
 */
export interface WebSocketLike {
  readonly readyState: number;
  /** The number of bytes passed to `send` that were not sent yet. */
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: Uint8Array): void;
  close(): void;
  /** Only `ws` has this method and the next two: a page can't ping. */
  ping?(): void;
  on?(event: 'pong', heard: () => void): unknown;
  /** Closes it without waiting for the other end. */
  terminate?(): void;
}

/** A class of WebSockets. */
export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike;

/** `readyState` of a socket that can send. */
export const OPEN = 1;
