import { requestCameraPort, webSerial } from 'openmv-rx/web-serial';
import { firstValueFrom } from 'rxjs';
import { isOpenMVError } from '../../lib/errors.js';
import { collect, opening, pattern, written } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';
import { FakeSerial } from './web-serial/fake-serial.js';
import { memoryWire } from './web-serial/memory-wire.js';

const N6 = { usbVendorId: 0x37c5, usbProductId: 0x1206 };
const H7 = { usbVendorId: 0x37c5, usbProductId: 0x1204 };
const H7_IN_ITS_BOOTLOADER = { usbVendorId: 0x37c5, usbProductId: 0x9204 };
const OTHER = { usbVendorId: 0x2341, usbProductId: 0x0043 };

const platform = globalThis.navigator as Navigator | undefined;

/** What the page is given as its platform. */
function platformWith(navigator: object | undefined): void {
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}

afterEach(() => {
  platformWith(platform);
  Reflect.deleteProperty(globalThis, 'isSecureContext');
});

transportContract('webSerial', () => {
  const serial = new FakeSerial();
  platformWith({ serial });
  const wire = memoryWire();
  serial.plugIn(wire.plug);
  const broken = serial.plugIn(() => Promise.reject(new Error('in use')), OTHER);
  return Promise.resolve({
    transport: webSerial(),
    unavailable: webSerial(broken),
    secondOpening: 'refused',
    farEnd: () => Promise.resolve(wire.farEnd()),
    restore: () => {
      serial.plugIn(wire.plug);
      return Promise.resolve();
    },
    dispose: () => Promise.resolve(),
  });
});

describe('webSerial', () => {
  let serial: FakeSerial;
  let wire: ReturnType<typeof memoryWire>;

  beforeEach(() => {
    serial = new FakeSerial();
    platformWith({ serial });
    wire = memoryWire();
  });

  const turns = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  };

  describe('chooses a camera:', () => {
    it('one that was granted before, without asking', async () => {
      serial.plugIn(memoryWire().plug, OTHER);
      serial.plugIn(memoryWire().plug, H7_IN_ITS_BOOTLOADER);
      const port = serial.plugIn(wire.plug);
      const { connection, close } = opening(webSerial());
      await connection;
      expect(port.readable).not.toBeNull();
      expect(serial.requests).toEqual([]);
      close();
    });

    it('the one that the person chooses among cameras, where none was', async () => {
      serial.plugIn(wire.plug, { ...N6, granted: false });
      const { connection, close } = opening(webSerial());
      await connection;
      expect(serial.requests).toHaveLength(1);
      expect(serial.requests[0]).toContainEqual(N6);
      expect(serial.requests[0]).toContainEqual({ usbVendorId: 0x1209, usbProductId: 0xabd1 });
      expect(serial.requests[0]).not.toContainEqual(H7_IN_ITS_BOOTLOADER);
      expect(serial.requests[0]).toHaveLength(12); // PROTOCOL 12
      close();
    });

    it('one that is free, where another one is open', async () => {
      const [first, second] = [serial.plugIn(memoryWire().plug), serial.plugIn(memoryWire().plug)];
      const [one, other] = [opening(webSerial()), opening(webSerial(second))];
      await one.connection;
      await other.connection;
      expect([first.readable, second.readable]).not.toContain(null);
      one.close();
      other.close();
    });

    it('the one that the program names, whatever it is', async () => {
      serial.plugIn(wire.plug);
      const named = serial.plugIn(wire.plug, OTHER);
      const { connection, close } = opening(webSerial(named));
      await connection;
      expect(named.readable).not.toBeNull();
      close();
    });
  });

  it('opens the port as a camera wants it: 921600 baud, DTR, and a buffer of 64 KiB', async () => {
    const port = serial.plugIn(wire.plug);
    const { connection, close } = opening(webSerial());
    await connection;
    expect(port.options).toEqual({ baudRate: 921_600, bufferSize: 65_536 });
    expect(port.signals).toMatchObject({ dataTerminalReady: true });
    close();
  });

  it('is named after the board, if it is known', () => {
    expect(webSerial().name).toBe('Web Serial');
    expect(webSerial(serial.plugIn(wire.plug, N6)).name).toBe('Web Serial (OpenMV N6)');
    expect(webSerial(serial.plugIn(wire.plug, OTHER)).name).toBe('Web Serial');
  });

  it('goes on after an error that leaves the port open', async () => {
    const port = serial.plugIn(wire.plug);
    const { connection, close, isOver } = opening(webSerial());
    const near = await connection;
    const arrived = collect(near.bytes$);
    await wire.farEnd().write(pattern(10));
    await arrived.bytes(10);
    port.overrun();
    await turns();
    await wire.farEnd().write(pattern(10, 2));
    expect(await arrived.bytes(20)).toEqual(Buffer.concat([pattern(10), pattern(10, 2)]));
    expect(isOver()).toBe(false);
    close();
  });

  it('ends a write that waits, with its subscription, and closes the port all the same', async () => {
    const port = serial.plugIn(wire.plug);
    const transport = webSerial();
    const { connection, close } = opening(transport);
    const near = await connection;
    wire.farEnd().hold!();
    const stuck = written(near.write(pattern(10)));
    const behind = written(near.write(pattern(10)));
    await turns();
    close();
    await expect(stuck).rejects.toMatchObject({ code: 'LINK_LOST' });
    await expect(behind).rejects.toMatchObject({ code: 'LINK_LOST' });
    const again = opening(transport);
    await again.connection;
    expect(port.readable).not.toBeNull();
    again.close();
  });

  it('leaves nothing behind when it is given up at any moment', async () => {
    const port = serial.plugIn(wire.plug);
    for (let turn = 0; turn < 12; turn++) {
      const { close } = opening(webSerial());
      for (let i = 0; i < turn; i++) await Promise.resolve();
      close();
    }
    await turns();
    expect(port.readable).toBeNull();
    expect(serial.listeners).toBe(0);
  });

  describe('when the camera is unplugged,', () => {
    it('waits until it is plugged in again, and does not ask', async () => {
      const port = serial.plugIn(wire.plug);
      const transport = webSerial();
      const first = opening(transport);
      await first.connection;
      port.unplug();
      expect(await first.ended).toMatchObject({ code: 'LINK_LOST' });

      const { connection, close, isOver } = opening(transport);
      await turns();
      expect(isOver()).toBe(false);
      serial.plugIn(memoryWire().plug, OTHER);
      await turns();
      const back = serial.plugIn(wire.plug);
      const near = await connection;
      expect(back.readable).not.toBeNull();
      const arrived = collect(near.bytes$);
      await wire.farEnd().write(pattern(10));
      expect(await arrived.bytes(10)).toHaveLength(10);
      expect(serial.requests).toEqual([]);
      close();
    });

    it('can be given up while it waits', async () => {
      const port = serial.plugIn(wire.plug);
      const transport = webSerial();
      const first = opening(transport);
      await first.connection;
      port.unplug();
      await first.ended;
      const waiting = opening(transport);
      await turns();
      waiting.close();
      expect(serial.listeners).toBe(0);
      const back = serial.plugIn(wire.plug);
      await turns();
      expect(back.readable).toBeNull();
    });

    it('does not take another camera for it', async () => {
      const port = serial.plugIn(wire.plug, H7);
      const other = serial.plugIn(memoryWire().plug, N6);
      const transport = webSerial();
      const first = opening(transport);
      await first.connection;
      port.unplug();
      await first.ended;
      const waiting = opening(transport);
      await turns();
      expect(waiting.isOver()).toBe(false);
      expect(other.readable).toBeNull();
      waiting.close();
    });

    it('takes one of the same kind for the one that the program named', async () => {
      const named = serial.plugIn(wire.plug, N6);
      const transport = webSerial(named);
      const first = opening(transport);
      await first.connection;
      named.unplug();
      await first.ended;
      serial.plugIn(memoryWire().plug, H7);
      const { connection, close } = opening(transport);
      await turns();
      const back = serial.plugIn(wire.plug, N6);
      await connection;
      expect(back.readable).not.toBeNull();
      close();
    });

    it('loses the writes that wait', async () => {
      const port = serial.plugIn(wire.plug);
      const { connection, ended } = opening(webSerial());
      const near = await connection;
      wire.farEnd().hold!();
      const stuck = written(near.write(pattern(10)));
      await turns();
      port.unplug();
      expect(await ended).toMatchObject({ code: 'LINK_LOST' });
      await expect(stuck).rejects.toMatchObject({ code: 'LINK_LOST' });
    });
  });

  describe('says what to try where', () => {
    const failureOf = async (transport = webSerial()): Promise<string> => {
      const error = await opening(transport).ended;
      expect(error).toMatchObject({ code: 'PORT_UNAVAILABLE' });
      return isOpenMVError(error) ? error.message : '';
    };

    it('the browser has no Web Serial', async () => {
      for (const navigator of [undefined, {}]) {
        platformWith(navigator);
        expect(await failureOf()).toMatch(
          /^Web Serial: it is not here: Chrome, Edge and Opera .* https: or from localhost$/,
        );
        await expect(firstValueFrom(requestCameraPort())).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
      }
    });

    it('the page did not come by https', async () => {
      platformWith({});
      Object.assign(globalThis, { isSecureContext: false });
      expect(await failureOf()).toMatch(/only pages that came by https/);
    });

    it('nobody chose a camera', async () => {
      expect(await failureOf()).toMatch(/no camera was chosen: plug one in/);
    });

    it('it is not in the handler of a click', async () => {
      const cause = new DOMException('Must be handling a user gesture', 'SecurityError');
      serial.requestPort = () => Promise.reject(cause);
      expect(await failureOf()).toMatch(/Must be handling a user gesture.*in the handler of a click/);
    });

    it('a worker has nothing that was granted', async () => {
      Object.assign(serial, { requestPort: undefined });
      expect(await failureOf()).toMatch(/a worker can't ask: call requestCameraPort\(\) in the page/);
    });

    it('the site may have no serial ports at all', async () => {
      serial.getPorts = () => Promise.reject(new DOMException('disallowed by permissions policy', 'SecurityError'));
      expect(await failureOf()).toMatch(/disallowed by permissions policy/);
    });

    it('another program has the camera', async () => {
      serial.plugIn(() => Promise.reject(new Error()));
      expect(await failureOf()).toMatch(/in use by another tab or program/);
    });

    it('its lines can not be set', async () => {
      const port = serial.plugIn(wire.plug);
      port.setSignals = () => Promise.reject(new DOMException('Failed to set control signals.', 'NetworkError'));
      expect(await failureOf()).toMatch(/Failed to set control signals/);
      expect(port.readable).toBeNull();
    });

    it('the named port has gone before it was opened', async () => {
      const named = serial.plugIn(wire.plug, N6);
      named.unplug();
      expect(await failureOf(webSerial(named))).toMatch(/^Web Serial \(OpenMV N6\): the camera can't be opened/);
    });
  });
});

describe('requestCameraPort', () => {
  it('shows the list once for each subscription, and emits what was chosen', async () => {
    const serial = new FakeSerial();
    platformWith({ serial });
    const chosen = serial.plugIn(memoryWire().plug, { granted: false });
    const port$ = requestCameraPort();
    expect(serial.requests).toHaveLength(0);
    expect(await firstValueFrom(port$)).toBe(chosen);
    expect(serial.requests).toHaveLength(1);
  });
});
