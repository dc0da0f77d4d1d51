export type { BoardName } from './board-presets.js';
export type { EncodeJpeg } from './pictures/encode-jpeg.js';
export { frameNumber } from './pictures/frame-number.js';
export { imuLayout } from './imu-record.js';
export type { PictureSettings, SensorFormat } from './pictures/picture-settings.js';
export type { UncompressedFormat } from '../frames/encode-pixels.js';
export { VirtualCamera } from './virtual-camera.js';
export type { VirtualCameraOptions } from './virtual-camera-options.js';
export type { ScriptIo } from './script/script-io.js';
