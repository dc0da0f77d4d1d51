// Put into a page before its program: Web Serial with one camera, which the person chooses, behind a WebSocket.
import { FakeSerial } from '../../transport/web-serial/fake-serial.js';

const serial = new FakeSerial();
Object.defineProperty(navigator, 'serial', { value: serial });

serial.plugIn(
  (events) =>
    new Promise((resolve) => {
      const socket = new WebSocket('ws://plugged-in');
      socket.binaryType = 'arraybuffer';
      socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => events.arrived(new Uint8Array(data));
      socket.onopen = () =>
        resolve({
          write: (bytes) => {
            socket.send(bytes);
            return Promise.resolve();
          },
          close: () => socket.close(),
        });
    }),
  { granted: false },
);
