import { lastValueFrom } from 'rxjs';
import { cameraPorts, type ListedPort } from '../../../lib/transport/serialport/list-cameras.js';

function listed(path: string, usb: Partial<ListedPort> = {}): ListedPort {
  const nothing = { manufacturer: undefined, serialNumber: undefined, pnpId: undefined, locationId: undefined };
  return { path, ...nothing, vendorId: undefined, productId: undefined, ...usb };
}

const camerasIn = (...ports: ListedPort[]): Promise<unknown> =>
  lastValueFrom(cameraPorts(() => Promise.resolve(ports)));

describe('cameraPorts', () => {
  it('recognises cameras by their USB ids, in upper or lower case, and sorts them by path', async () => {
    const cameras = await camerasIn(
      listed('/dev/ttyS0'),
      listed('/dev/ttyACM2', { vendorId: '37C5', productId: '124A', serialNumber: '3355' }),
      listed('/dev/ttyUSB0', { vendorId: '0403', productId: '6001' }),
      listed('/dev/ttyACM1', { vendorId: '37c5', productId: '124a' }),
    );
    expect(cameras).toEqual([
      { path: '/dev/ttyACM1', board: 'OpenMV Cam H7 Plus', serialNumber: undefined, bootloader: false },
      { path: '/dev/ttyACM2', board: 'OpenMV Cam H7 Plus', serialNumber: '3355', bootloader: false },
    ]);
  });

  it('marks a camera that waits in its bootloader', async () => {
    expect(await camerasIn(listed('COM4', { vendorId: '2341', productId: '035F' }))).toEqual([
      { path: 'COM4', board: 'Arduino Nicla Vision', serialNumber: undefined, bootloader: true },
    ]);
  });

  it('asks the system on each subscription, and not before', async () => {
    let asked = 0;
    const cameras$ = cameraPorts(() => {
      asked++;
      return Promise.resolve([]);
    });
    expect(asked).toBe(0);
    await lastValueFrom(cameras$);
    await lastValueFrom(cameras$);
    expect(asked).toBe(2);
  });

  it("says why the system can't list its ports", async () => {
    const cause = new Error('spawn udevadm ENOENT');
    await expect(lastValueFrom(cameraPorts(() => Promise.reject(cause)))).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: "this system can't list its serial ports: spawn udevadm ENOENT",
      cause,
    });
  });
});
