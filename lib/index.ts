export { OpenMVError, isOpenMVError, type ErrorCode, type OpenMVErrorOptions } from './errors.js';
export { decodeRgba } from './frames/decode-rgba.js';
export type { Frame } from './frames/frame.js';
export { histogram, type Histogram } from './frames/histogram.js';
export type { Picture, Region } from './frames/picture.js';
export { regionStatistics, type ColourStatistics, type RegionStatistics } from './frames/region-statistics.js';
export { toRgba } from './frames/to-rgba.js';
export type { FrameFormat } from './frames/pixel-format.js';
export * from './host/index.js';
export { cameraClock, type CameraClockOptions, type ClockEstimate, type OnHostTime } from './signals/camera-clock.js';
export { iterate, type Iterated, type IterateOptions } from './signals/iterate.js';
export { keepLatest, type KeepLatestOptions } from './signals/keep-latest.js';
export { lines, type LinesOptions } from './signals/lines.js';
export { pairByTime, type PairByTimeOptions } from './signals/pair-by-time.js';
export { preroll, type Prerolled, type PrerollOptions } from './signals/preroll.js';
export { frameRate, throughput, type RateOptions, type Received } from './signals/rates.js';
export { skipBanner } from './signals/skip-banner.js';
export { skipRepeated } from './signals/skip-repeated.js';
export type { Pair, Unpaired, UnpairedReason } from './signals/time-pairing.js';
export { tracebacks, type Traceback, type TracebackFrame } from './signals/tracebacks.js';
export type { Connection, Preferences, Transport } from './transport/transport.js';
export {
  type Capabilities,
  type DeviceStatistics,
  type MemoryPool,
  type SystemInfo,
  type Versions,
  type Version,
  type HardwareCapabilities,
} from './wire/payloads/index.js';
