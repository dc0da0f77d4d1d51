import type { Connection } from 'openmv-rx';
import { EMPTY, fromEvent, map, takeWhile } from 'rxjs';

/** A worker, or from inside of it the page. */
export interface Messenger extends EventTarget {
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/** What is posted when an end of the cable is gone. */
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
      // What is handed over is gone here, and a chunk may be a part of something larger.
      const own = bytes.slice();
      messenger.postMessage(own, [own.buffer]);
      return EMPTY;
    },
  };
}
