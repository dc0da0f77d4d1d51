import { Observable } from 'rxjs';
import type { WebSocket } from 'ws';
import type { FarEnd } from '../../contracts/far-end.js';

/** A server's end of a WebSocket. */
export function webSocketFarEnd(socket: WebSocket): FarEnd {
  return {
    bytes$: new Observable((subscriber) => {
      const arrived = (data: Buffer): void => subscriber.next(data);
      socket.on('message', arrived);
      return () => socket.off('message', arrived);
    }),
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => socket.terminate(),
    left: new Promise((resolve) => socket.once('close', resolve)),
    hold: () => {
      socket.pause();
      return { release: () => socket.resume() };
    },
  };
}
