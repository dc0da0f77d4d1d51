// The program of a page, or of its worker, that does what a spec tells it: see browser.ts.
import { isOpenMVError, type Connection, type Transport } from 'openmv-rx';
import { webSerial, type WebSerialPort } from 'openmv-rx/web-serial';
import { webSocket } from 'openmv-rx/websocket';
import type { Subscription } from 'rxjs';
import { FakeSerial } from '../../transport/web-serial/fake-serial.js';
import type { Failure, Order, Report } from './browser-orders.js';
import { fiveFrames } from './five-frames.js';
import { overWebSocket } from './over-web-socket.js';

const control = new WebSocket(`ws://${location.host}/control`);
control.binaryType = 'arraybuffer';

const transports = new Map<number, Transport>();
const openings = new Map<number, Subscription>();
const connections = new Map<number, Connection>();
let serial = new FakeSerial();

control.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
  if (typeof data === 'string') obey(JSON.parse(data) as Order);
  else write(data);
};

function report(what: Report): void {
  control.send(JSON.stringify(what));
}

function obey(order: Order): void {
  switch (order.do) {
    case 'webSocket':
      made(order.id, webSocket(order.url, order.token === undefined ? {} : { token: order.token }));
      break;
    case 'webSerial':
      made(order.id, order.named ? webSerial(brokenPort()) : webSerial());
      break;
    case 'serial':
      serial = new FakeSerial();
      if (order.worker) Object.assign(serial, { requestPort: undefined });
      Object.defineProperty(navigator, 'serial', { value: serial, configurable: true });
      serial.plugIn(overWebSocket(order.url));
      break;
    case 'plugIn':
      serial.plugIn(overWebSocket(order.url));
      break;
    case 'open':
      open(order.id, transports.get(order.transport)!);
      break;
    case 'close':
      openings.get(order.id)?.unsubscribe();
      break;
    case 'fiveFrames':
      fiveFrames(transports.get(order.transport)!).then(
        (seen) => report({ what: 'seen', id: order.id, seen }),
        (error: unknown) => report({ what: 'seen', id: order.id, failure: failureOf(error) }),
      );
  }
}

/** One that is no camera, so that nobody takes it who does not name it. */
function brokenPort(): WebSerialPort {
  return serial.plugIn(() => Promise.reject(new Error('in use')), { usbVendorId: 0x2341, usbProductId: 0x0043 });
}

function made(id: number, transport: Transport): void {
  transports.set(id, transport);
  report({ what: 'made', id, name: transport.name });
}

function open(id: number, transport: Transport): void {
  openings.set(
    id,
    transport.open().subscribe({
      next: (connection) => {
        connections.set(id, connection);
        connection.bytes$.subscribe({
          next: (bytes) => {
            const message = new Uint8Array(4 + bytes.length);
            new DataView(message.buffer).setUint32(0, id);
            message.set(bytes, 4);
            control.send(message);
          },
          complete: () => report({ what: 'completed', id }),
        });
        report({ what: 'opened', id });
      },
      error: (error: unknown) => report({ what: 'ended', id, failure: failureOf(error) }),
    }),
  );
}

function write(message: ArrayBuffer): void {
  const view = new DataView(message);
  const [opening, id] = [view.getUint32(0), view.getUint32(4)];
  connections
    .get(opening)!
    .write(new Uint8Array(message, 8))
    .subscribe({
      error: (error: unknown) => report({ what: 'written', id, failure: failureOf(error) }),
      complete: () => report({ what: 'written', id }),
    });
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { code: isOpenMVError(error) ? error.code : 'none', message };
}
