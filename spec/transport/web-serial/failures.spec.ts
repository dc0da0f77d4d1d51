import { requestCameraPort, webSerial } from 'openmv-rx/web-serial';
import { firstValueFrom } from 'rxjs';
import { isOpenMVError } from '../../../lib/errors.js';
import { opening } from '../../contracts/far-end.js';
import { FakeSerial } from './fake-serial.js';
import { memoryWire } from './memory-wire.js';
import { platformAgain, platformWith } from './platform.js';

const N6 = { usbVendorId: 0x37c5, usbProductId: 0x1206 };

afterEach(platformAgain);

describe('webSerial says what to try if', () => {
  let serial: FakeSerial;
  beforeEach(() => {
    serial = new FakeSerial();
    platformWith({ serial });
  });

  const failureOf = async (transport = webSerial()): Promise<string> => {
    const error = await opening(transport).ended;
    expect(error).toMatchObject({ code: 'PORT_UNAVAILABLE' });
    return isOpenMVError(error) ? error.message : '';
  };

  it('the browser has no Web Serial', async () => {
    for (const navigator of [undefined, {}]) {
      platformWith(navigator);
      expect(await failureOf()).toMatch(
        /^Web Serial: this browser does not have it: use Chrome, Edge or Opera .* https: or localhost$/,
      );
      await expect(firstValueFrom(requestCameraPort())).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
    }
  });

  it('the page was not served by https', async () => {
    platformWith({});
    Object.assign(globalThis, { isSecureContext: false });
    expect(await failureOf()).toMatch(/only pages from https: or localhost have it/);
  });

  it('the user chose no camera', async () => {
    expect(await failureOf()).toMatch(/no camera was chosen: plug one in/);
  });

  it('it was not called in the handler of a click', async () => {
    const cause = new DOMException('Must be handling a user gesture', 'SecurityError');
    serial.requestPort = () => Promise.reject(cause);
    expect(await failureOf()).toMatch(/Must be handling a user gesture.*in a click handler/);
  });

  it('a worker has no granted port', async () => {
    Object.assign(serial, { requestPort: undefined });
    expect(await failureOf()).toMatch(/a worker can't ask: call requestCameraPort\(\) in the page/);
  });

  it('the site may not use serial ports', async () => {
    serial.getPorts = () => Promise.reject(new DOMException('disallowed by permissions policy', 'SecurityError'));
    expect(await failureOf()).toMatch(/disallowed by permissions policy/);
  });

  it('another program uses the camera', async () => {
    serial.plugIn(() => Promise.reject(new Error()));
    expect(await failureOf()).toMatch(/in use by another tab or program/);
  });

  it("its modem lines can't be set", async () => {
    const port = serial.plugIn(memoryWire().plug);
    port.setSignals = () => Promise.reject(new DOMException('Failed to set control signals.', 'NetworkError'));
    expect(await failureOf()).toMatch(/Failed to set control signals/);
    expect(port.readable).toBeNull();
  });

  it('the given port disappeared before it was opened', async () => {
    const named = serial.plugIn(memoryWire().plug, N6);
    named.unplug();
    expect(await failureOf(webSerial(named))).toMatch(/^Web Serial \(OpenMV N6\): the camera can't be opened/);
  });
});
