import type { Connection } from 'openmv-rx';
import { EMPTY, fromEvent, map, takeWhile } from 'rxjs';

/** A worker; inside the worker, the page. */
export interface Messenger extends EventTarget {
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/** The message that reports that an end of the cable was closed. */
export const UNPLUGGED = 'unplugged';

type Message = Uint8Array<ArrayBuffer> | typeof UNPLUGGED;

/** One end of a cable whose bytes are messages: the other end is a worker, or the page. */
export function messageConnection(messenger: Messenger): Connection {
  return {
    bytes$: fromEvent<MessageEvent<Message>>(messenger, 'message').pipe(
      map(({ data }) => data),
      takeWhile((data) => data !== UNPLUGGED),
    ),
    write: (bytes) => {
      // Copy the chunk: transferring it would detach its buffer, and the chunk may be a part of a larger one.
      const own = bytes.slice();
      messenger.postMessage(own, [own.buffer]);
      return EMPTY;
    },
  };
}
