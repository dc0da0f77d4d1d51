export type { Answer, Backend } from './backend.js';
export { Device, type DeviceChannel, type DeviceError } from './device.js';
export type { DeviceOptions } from './device-options.js';
export type { EncodeJpeg } from './encode-jpeg.js';
export { frameNumber } from './frame-number.js';
export type { PictureSettings } from './picture-source.js';
export type { ScriptIo } from './run-script.js';
export { VirtualCamera } from './virtual-camera.js';
export type { VirtualCameraOptions } from './virtual-camera-options.js';
