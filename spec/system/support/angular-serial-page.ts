// Runs in a page before its own program: another `navigator.serial`, whose cameras are behind WebSockets.
import { FakeSerial, type FakePort } from '../../transport/web-serial/fake-serial.js';
import { overWebSocket } from './over-web-socket.js';

const serial = new FakeSerial();
Object.defineProperty(navigator, 'serial', { value: serial });

let last: FakePort;
const plugs: FakePlugs = {
  choose: (url) => void (last = serial.plugIn(overWebSocket(url), { granted: false })),
  plugIn: (url) => void (last = serial.plugIn(overWebSocket(url))),
  isOpen: () => last.readable !== null,
};
Object.assign(globalThis, { plugs });

/** What a spec does to the ports of the page. */
export interface FakePlugs {
  /** There is a camera that the person will choose when they are asked. */
  choose(url: string): void;
  /** A camera that was chosen before is plugged in again. */
  plugIn(url: string): void;
  isOpen(): boolean;
}
