export { CAPABILITIES_BYTES, decodeCapabilities, encodeCapabilities, type Capabilities } from './capabilities.js';
export { CHANNEL_NAME_BYTES, decodeChannelList, encodeChannelList, type ChannelEntry } from './channel-list.js';
export {
  DEVICE_STATISTICS_BYTES,
  decodeDeviceStatistics,
  encodeDeviceStatistics,
  type DeviceStatistics,
} from './device-statistics.js';
export { NOTIFY, SystemEvent, decodeEvent, encodeEvent } from './requests.js';
export { FRAME_HEADER_BYTES, decodeFrameHeader, encodeFrameHeader, type FrameHeader } from './frame-header.js';
export type { HardwareCapabilities } from './hardware.js';
export { IOCTL_HEAD_BYTES, decodeIoctl, encodeIoctl, type IoctlRequest } from './requests.js';
export { decodeMemory, encodeMemory, type MemoryPool } from './memory.js';
export { decodeStatus, encodeStatus } from './requests.js';
export { PixelFormat } from './frame-header.js';
export {
  ProfileMode,
  ProfileRequest,
  UNMEASURED_TICKS,
  decodeProfile,
  encodeProfile,
  profileRecordBytes,
  type ProfileRecord,
} from './profile.js';
export { READ_REQUEST_BYTES, decodeReadRequest, encodeReadRequest, type ReadRequest } from './requests.js';
export { SYSTEM_INFO_BYTES, decodeSystemInfo, deviceIdText, encodeSystemInfo, type SystemInfo } from './system-info.js';
export { VERSIONS_BYTES, decodeVersions, encodeVersions, type Version, type Versions } from './versions.js';
export { decodeUtf8, encodeUtf8, withoutMark } from './layout.js';
export { decodeWord, decodeWords, encodeWords } from './layout.js';
export { WRITE_HEAD_BYTES, decodeWriteRequest, encodeWriteRequest, type WriteRequest } from './requests.js';
