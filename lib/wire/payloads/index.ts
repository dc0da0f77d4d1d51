export { CAPABILITIES_BYTES, decodeCapabilities, encodeCapabilities, type Capabilities } from './capabilities.js';
export { CHANNEL_NAME_BYTES, decodeChannelList, encodeChannelList, type ChannelEntry } from './channel-list.js';
export {
  DEVICE_STATISTICS_BYTES,
  decodeDeviceStatistics,
  encodeDeviceStatistics,
  type DeviceStatistics,
} from './device-statistics.js';
export {
  FRAME_TOO_LARGE,
  FRAME_TOO_LARGE_PATTERN,
  STREAM_ARGUMENT_BYTES,
  StdinEvent,
  StdinRequest,
  StreamRequest,
} from './firmware-channels.js';
export {
  FRAME_HEADER_BYTES,
  PixelFormat,
  decodeFrameHeader,
  encodeFrameHeader,
  isCompressed,
  sizeField,
  type FrameHeader,
} from './frame-header.js';
export { decodeMemory, encodeMemory, type MemoryPool } from './memory.js';
export {
  ProfileMode,
  ProfileRequest,
  UNMEASURED_TICKS,
  decodeProfile,
  encodeProfile,
  profileRecordBytes,
  type ProfileRecord,
} from './profile.js';
export {
  IOCTL_HEAD_BYTES,
  NOTIFY,
  READ_REQUEST_BYTES,
  SystemEvent,
  WRITE_HEAD_BYTES,
  decodeEvent,
  decodeIoctl,
  decodeReadRequest,
  decodeStatus,
  decodeWriteRequest,
  encodeEvent,
  encodeIoctl,
  encodeReadRequest,
  encodeStatus,
  encodeWriteRequest,
  type IoctlRequest,
  type ReadRequest,
  type WriteRequest,
} from './requests.js';
export {
  SYSTEM_INFO_BYTES,
  decodeSystemInfo,
  deviceIdText,
  encodeSystemInfo,
  type HardwareCapabilities,
  type SystemInfo,
} from './system-info.js';
export {
  VERSIONS_BYTES,
  decodeVersions,
  encodeVersions,
  versionText,
  type Version,
  type Versions,
} from './versions.js';
export { decodeUtf8, decodeWord, decodeWords, encodeUtf8, encodeWords, withoutMark } from './layout.js';
