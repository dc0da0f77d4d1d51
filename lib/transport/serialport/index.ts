export { serialPort, type SerialPortOptions } from './serial-port.js';
export type { CameraChange } from './camera-changes.js';
export { type CameraPort, listCameras, type ListCamerasOptions } from './list-cameras.js';
export { watchCameras, type WatchCamerasOptions } from './watch-cameras.js';
