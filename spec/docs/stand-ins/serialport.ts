// What `openmv-rx/serialport` is to the programs of the documents: that of a computer with three cameras plugged in. At any
// other path is what really is there; that is loaded only then, for loading it takes longer than most programs do.
import type { Transport } from 'openmv-rx';
import { VirtualCamera, type VirtualCameraOptions } from 'openmv-rx/virtual';
import { asyncScheduler, defer, switchMap, type Observable } from 'rxjs';
import { boardNamed } from '../../../lib/virtual/board-presets.js';
import { cameraChanges, type CameraChange } from '../../../lib/transport/serialport/camera-changes.js';
import type { CameraPort } from '../../../lib/transport/serialport/list-cameras.js';
import type { WatchCamerasOptions } from '../../../lib/transport/serialport/watch-cameras.js';

const systemInfo = { ...boardNamed('RT1062').systemInfo, deviceId: [0x1d1c1b1a, 0x19181716, 0x15141312] as const };

const cameras = new Map<string, { readonly usbProductId: string; readonly options: VirtualCameraOptions }>([
  ['/dev/ttyACM0', { usbProductId: '1204', options: {} }],
  ['/dev/ttyACM1', { usbProductId: '1060', options: { board: 'RT1062', systemInfo } }],
  // Of a profiling build.
  ['/dev/ttyACM2', { usbProductId: '1204', options: { profile: true } }],
]);

const plugged = new Map<string, Transport>();

export function serialPort(path: string): Transport {
  const camera = cameras.get(path);
  if (camera === undefined) return elsewhere(path);
  const transport = plugged.get(path) ?? new VirtualCamera({ ...camera.options, name: path }).transport();
  plugged.set(path, transport);
  return transport;
}

function elsewhere(path: string): Transport {
  const real = defer(() => import('../../../lib/transport/serialport/serial-port.js'));
  return { name: path, open: () => real.pipe(switchMap(({ serialPort }) => serialPort(path).open())) };
}

const list = () =>
  Promise.resolve(
    [...cameras].map(([path, { usbProductId: productId }], number) => ({
      path,
      manufacturer: 'OpenMV',
      serialNumber: `20373254364B500${number}`,
      pnpId: undefined,
      locationId: undefined,
      vendorId: '37c5',
      productId,
    })),
  );

export function listCameras(): Observable<CameraPort[]> {
  const real = defer(() => import('../../../lib/transport/serialport/list-cameras.js'));
  return real.pipe(switchMap(({ cameraPorts }) => cameraPorts(list)));
}

export function watchCameras({
  periodMs = 1000,
  scheduler = asyncScheduler,
}: WatchCamerasOptions = {}): Observable<CameraChange> {
  return cameraChanges({ list: listCameras, periodMs, scheduler, onUnlistable: () => undefined });
}
