export type { Answer, Backend } from './backend.js';
export { frameSourceChannel, type SourceFrame } from './backends/frame-source-channel.js';
export { profileChannel, type ProfileChannel } from './backends/profile-channel.js';
export type { ProfileCounters } from './backends/profile-table.js';
export { textChannel, type TextChannelOptions } from './backends/text-channel.js';
export { valueChannel, type ValueCodec } from './backends/value-channel.js';
export { Device, type DeviceChannel, type DeviceError } from './device.js';
export type { DeviceOptions } from './device-options.js';
