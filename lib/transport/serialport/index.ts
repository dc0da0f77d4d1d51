export { serialPort, type SerialPortOptions } from './serial-port.js';
export { listCameras, type CameraPort, type ListCamerasOptions } from './list-cameras.js';
