import { requestCameraPort, webSerial } from 'openmv-rx/web-serial';
import { firstValueFrom } from 'rxjs';
import { collect, opening, pattern, written } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';
import { FakeSerial } from './web-serial/fake-serial.js';
import { memoryWire } from './web-serial/memory-wire.js';
import { platformAgain, platformWith } from './web-serial/platform.js';

const N6 = { usbVendorId: 0x37c5, usbProductId: 0x1206 };
const H7 = { usbVendorId: 0x37c5, usbProductId: 0x1204 };
const H7_IN_ITS_BOOTLOADER = { usbVendorId: 0x37c5, usbProductId: 0x9204 };
const OTHER = { usbVendorId: 0x2341, usbProductId: 0x0043 };

afterEach(platformAgain);

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

    it('the one that the user selects, if none was granted', async () => {
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

    it('a free one, if another one is open', async () => {
      const [first, second] = [serial.plugIn(memoryWire().plug), serial.plugIn(memoryWire().plug)];
      const [one, other] = [opening(webSerial()), opening(webSerial(second))];
      await one.connection;
      await other.connection;
      expect([first.readable, second.readable]).not.toContain(null);
      one.close();
      other.close();
    });

    it('the port that the program passes, whatever it is', async () => {
      serial.plugIn(wire.plug);
      const named = serial.plugIn(wire.plug, OTHER);
      const { connection, close } = opening(webSerial(named));
      await connection;
      expect(named.readable).not.toBeNull();
      close();
    });
  });

  it('opens the port with the settings for a camera: 921600 baud, DTR, and a buffer of 64 KiB', async () => {
    const port = serial.plugIn(wire.plug);
    const { connection, close } = opening(webSerial());
    await connection;
    expect(port.options).toEqual({ baudRate: 921_600, bufferSize: 65_536 });
    expect(port.signals).toMatchObject({ dataTerminalReady: true });
    close();
  });

  it('is named after the board, if known', () => {
    expect(webSerial().name).toBe('Web Serial');
    expect(webSerial(serial.plugIn(wire.plug, N6)).name).toBe('Web Serial (OpenMV N6)');
    expect(webSerial(serial.plugIn(wire.plug, OTHER)).name).toBe('Web Serial');
  });

  it('continues after an error that leaves the port open', async () => {
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

  it('cancels a waiting write on unsubscribe, and still closes the port', async () => {
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

  it('releases everything, whenever it is unsubscribed from', async () => {
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

    it('can be unsubscribed from while it waits', async () => {
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

    it('does not mistake another camera for it', async () => {
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

    it.each(['before it was opened', 'while it was open'] as const)(
      'does not mistake a second camera of the same kind that was there %s for it, and accepts the first when it is plugged in again',
      async (when) => {
        const port = serial.plugIn(wire.plug);
        const second = () => serial.plugIn(memoryWire().plug);
        const before = when === 'before it was opened' ? second() : undefined;
        const transport = webSerial();
        const first = opening(transport);
        await first.connection;
        const other = before ?? second();
        await turns();
        port.unplug();
        expect(await first.ended).toMatchObject({ code: 'LINK_LOST' });
        const { connection, close, isOver } = opening(transport);
        await turns();
        expect(isOver()).toBe(false);
        expect(other.readable).toBeNull();
        const back = serial.plugIn(wire.plug);
        await connection;
        expect(back.readable).not.toBeNull();
        expect(other.readable).toBeNull();
        close();
      },
    );

    it('does not mistake another camera of the same kind for one that was never open', async () => {
      const named = serial.plugIn(wire.plug);
      const other = serial.plugIn(memoryWire().plug);
      named.unplug();
      const { ended } = opening(webSerial(named));
      expect(await ended).toMatchObject({ code: 'PORT_UNAVAILABLE' });
      expect(other.readable).toBeNull();
    });

    it('accepts one of the same kind for the port that the program passed', async () => {
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

    it('loses the waiting writes', async () => {
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
});

describe('requestCameraPort', () => {
  it("shows the list once per subscription, and emits the user's choice", async () => {
    const serial = new FakeSerial();
    platformWith({ serial });
    const chosen = serial.plugIn(memoryWire().plug, { granted: false });
    const port$ = requestCameraPort();
    expect(serial.requests).toHaveLength(0);
    expect(await firstValueFrom(port$)).toBe(chosen);
    expect(serial.requests).toHaveLength(1);
  });
});
