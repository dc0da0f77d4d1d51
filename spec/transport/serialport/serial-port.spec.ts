import { SerialPortMock } from 'serialport';
import { chooseIo } from '../../../lib/transport/serialport/serial-port.js';
import { PolledIo } from '../../../lib/transport/serialport/polled-io.js';
import type { Port } from '../../../lib/transport/serialport/port-io.js';

const events = { arrived: () => undefined, gone: () => undefined };

describe('chooseIo', () => {
  const withPoller = { fd: 3, poller: {} } as unknown as Port;
  let without: Port;

  beforeEach(async () => {
    SerialPortMock.binding.createPort('COM3');
    without = (await SerialPortMock.binding.open({ path: 'COM3', baudRate: 921_600 })) as unknown as Port;
  });
  afterEach(() => SerialPortMock.binding.reset());

  it('polls if the binding has a poller, unless told otherwise', () => {
    expect(chooseIo('auto', withPoller)(events)).toBeInstanceOf(PolledIo);
    expect(chooseIo('polled', withPoller)(events)).toBeInstanceOf(PolledIo);
    expect(chooseIo('stock', withPoller)(events)).not.toBeInstanceOf(PolledIo);
  });

  it('reads and writes with the binding if it has no poller', () => {
    expect(chooseIo('auto', without)(events)).not.toBeInstanceOf(PolledIo);
    expect(chooseIo('stock', without)(events)).not.toBeInstanceOf(PolledIo);
  });

  it('says what to do if a poller is requested but missing', () => {
    expect(() => chooseIo('polled', without)).toThrow(/this system can't poll its descriptor, so leave io at 'auto'/);
  });
});
