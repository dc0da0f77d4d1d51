/** What the camera's hardware has (PROTOCOL 3, "Hardware caps"). */
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

/** The capabilities as their word; the second word of the layout has no bits yet. */
export function encodeHardware(hardware: HardwareCapabilities): number {
  const word = bits.reduce((sum, [name, bit]) => sum | (Number(hardware[name]) << bit), 0);
  return (word | ((hardware.pmuCounters & 0xff) << 8)) >>> 0;
}

export function decodeHardware(word: number): HardwareCapabilities {
  const flags = Object.fromEntries(bits.map(([name, bit]) => [name, ((word >>> bit) & 1) === 1])) as Record<
    Bit,
    boolean
  >;
  return { ...flags, pmuCounters: (word >>> 8) & 0xff };
}
