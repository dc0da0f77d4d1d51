import { encodeWords, layout } from './layout.js';

/** The features of the camera's hardware (PROTOCOL 3, "Hardware caps"). */
export interface HardwareCapabilities {
  readonly gpu: boolean;
  /** A neural processor. */
  readonly npu: boolean;
  /** An image signal processor. */
  readonly isp: boolean;
  readonly videoEncoder: boolean;
  readonly jpeg: boolean;
  readonly dram: boolean;
  readonly crc: boolean;
  /** A performance monitoring unit, with `pmuCounters` counters. */
  readonly pmu: boolean;
  readonly pmuCounters: number;
  readonly wifi: boolean;
  readonly bluetooth: boolean;
  readonly sdCard: boolean;
  readonly ethernet: boolean;
  readonly usbHighSpeed: boolean;
  readonly multiCore: boolean;
}

/** The identity of the camera (PROTOCOL 3, "info"). */
export interface SystemInfo {
  readonly cpuId: number;
  /** Three words. `CameraInfo.deviceId` is the usual text of them. */
  readonly deviceId: readonly [number, number, number];
  readonly usbVendorId: number;
  readonly usbProductId: number;
  /** The chip ids of the sensors. Positions are not slot numbers, because empty slots are left out. */
  readonly sensorChipIds: readonly number[];
  readonly hardware: HardwareCapabilities;
  /** 0 in practice. */
  readonly flashKB: number;
  /** 0 in practice. */
  readonly ramKB: number;
  readonly frameBufferKB: number;
  readonly streamBufferKB: number;
}

/** Bytes of {@link SystemInfo} on the wire. */
export const SYSTEM_INFO_BYTES = 76;

const SENSORS = 3;

export function encodeSystemInfo(info: SystemInfo): Uint8Array<ArrayBuffer> {
  const sensors = [...info.sensorChipIds, 0, 0, 0].slice(0, SENSORS);
  return encodeWords(
    info.cpuId,
    ...info.deviceId,
    ((info.usbVendorId << 16) | info.usbProductId) >>> 0,
    ...sensors,
    ...[0, 0],
    ...[encodeHardware(info.hardware), 0],
    info.flashKB,
    info.ramKB,
    info.frameBufferKB,
    info.streamBufferKB,
    ...[0, 0, 0],
  );
}

/** @throws {OpenMVError} `MALFORMED` when the payload is shorter than 76 bytes. */
export function decodeSystemInfo(payload: Uint8Array): SystemInfo {
  const view = layout('system info', payload, SYSTEM_INFO_BYTES);
  const word = (index: number) => view.getUint32(4 * index, true);
  return {
    cpuId: word(0),
    deviceId: [word(1), word(2), word(3)],
    usbVendorId: word(4) >>> 16,
    usbProductId: word(4) & 0xffff,
    sensorChipIds: [word(5), word(6), word(7)].filter((chip) => chip !== 0),
    hardware: decodeHardware(word(10)),
    flashKB: word(12),
    ramKB: word(13),
    frameBufferKB: word(14),
    streamBufferKB: word(15),
  };
}

/** The device id as the vendor's tools print it: 24 upper-case hexadecimal digits. */
export function deviceIdText({ deviceId }: Pick<SystemInfo, 'deviceId'>): string {
  return deviceId.map((word) => word.toString(16).toUpperCase().padStart(8, '0')).join('');
}

const BITS = {
  gpu: 0,
  npu: 1,
  isp: 2,
  videoEncoder: 3,
  jpeg: 4,
  dram: 5,
  crc: 6,
  pmu: 7,
  wifi: 16,
  bluetooth: 17,
  sdCard: 18,
  ethernet: 19,
  usbHighSpeed: 20,
  multiCore: 21,
} as const;
type Bit = keyof typeof BITS;
const bits = Object.entries(BITS) as [Bit, number][];

/** The features as a word. The second word of the layout has no bits yet. */
function encodeHardware(hardware: HardwareCapabilities): number {
  const word = bits.reduce((sum, [name, bit]) => sum | (Number(hardware[name]) << bit), 0);
  return (word | ((hardware.pmuCounters & 0xff) << 8)) >>> 0;
}

function decodeHardware(word: number): HardwareCapabilities {
  const flags = Object.fromEntries(bits.map(([name, bit]) => [name, ((word >>> bit) & 1) === 1])) as Record<
    Bit,
    boolean
  >;
  return { ...flags, pmuCounters: (word >>> 8) & 0xff };
}
