export type { Answer, Backend } from './backend.js';
export { Device, type DeviceChannel, type DeviceError } from './device.js';
export type { DeviceOptions } from './device-options.js';
