import type { Plug } from '../../transport/web-serial/fake-serial.js';

/** A serial device behind a WebSocket, which is unplugged when that is closed by the other end. */
export function overWebSocket(url: string): Plug {
  return (events) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      const isOpen = () => socket.readyState === WebSocket.OPEN;
      socket.binaryType = 'arraybuffer';
      socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => events.arrived(new Uint8Array(data));
      socket.onclose = () => {
        reject(new Error('the device is not there'));
        events.unplugged();
      };
      socket.onopen = () =>
        resolve({
          write: async (bytes) => {
            // What is on its way when a cable is pulled is lost.
            if (!isOpen()) return;
            socket.send(bytes);
            while (isOpen() && socket.bufferedAmount > 65_536) await new Promise((later) => setTimeout(later, 1));
          },
          close: () => {
            socket.onclose = socket.onmessage = null;
            socket.close();
          },
        });
    });
}
