export * from './device/index.js';
export { OpenMVError, isOpenMVError, type ErrorCode, type OpenMVErrorOptions } from './errors.js';
export { decodeRgba } from './frames/decode-rgba.js';
export type { Frame } from './frames/frame.js';
export { histogram, type Histogram } from './frames/histogram.js';
export type { Picture, Region } from './frames/picture.js';
export { regionStatistics, type ColourStatistics, type RegionStatistics } from './frames/region-statistics.js';
export { toRgba } from './frames/to-rgba.js';
export type { FrameFormat } from './frames/pixel-format.js';
export * from './host/index.js';
export { acknowledge } from './operators/acknowledge.js';
export { cameraClock, type Arrival, type CameraClockOptions, type OnHostTime } from './operators/camera-clock.js';
export { ClockEstimator, type ClockEstimate, type ClockOptions } from './operators/clock-estimator.js';
export { decode, type DecodeOperatorOptions } from './operators/decode.js';
export { frameRate } from './operators/frame-rate.js';
export { iterate, type Iterated, type IterateOptions } from './operators/iterate.js';
export { keepLatest, type KeepLatestOptions } from './operators/keep-latest.js';
export { lines, type LinesOptions } from './operators/lines.js';
export { pairByTime, type PairByTimeOptions, type TimesOf } from './operators/pair-by-time.js';
export { preroll, type Prerolled, type PrerollOptions } from './operators/preroll.js';
export { reassemble, type ReassembleOperatorOptions } from './operators/reassemble.js';
export { skipBanner } from './operators/skip-banner.js';
export { skipRepeated } from './operators/skip-repeated.js';
export type { RateOptions } from './operators/sliding-rate.js';
export { throughput, type Received } from './operators/throughput.js';
export type { Pair, Unpaired, UnpairedReason } from './operators/time-pairing.js';
export type { Traceback, TracebackFrame } from './operators/traceback.js';
export { tracebacks } from './operators/tracebacks.js';
export { faulty, faultyConnection, type Faults, type FaultyOptions } from './transport/faulty.js';
export { memoryPair, type MemoryPairOptions } from './transport/memory.js';
export type { Connection, Preferences, Transport } from './transport/transport.js';
export { crc16, crc32 } from './wire/crc.js';
export { encodePacket, type Outgoing } from './wire/encoder.js';
export { ChannelFlag, Flag } from './wire/flags.js';
export { Opcode } from './wire/opcode.js';
export { isPacket, type Discarded, type Header, type Packet } from './wire/packet.js';
export {
  NOTIFY,
  SystemEvent,
  type Capabilities,
  type DeviceStatistics,
  type MemoryPool,
  type ProfileRecord,
  type SystemInfo,
  type Versions,
  type Version,
  type HardwareCapabilities,
} from './wire/payloads/index.js';
export type { Decoded, DecodeOptions } from './wire/decoder.js';
export type { Message, Range, ReassembleOptions } from './wire/reassembler.js';
export { Status } from './wire/status.js';
