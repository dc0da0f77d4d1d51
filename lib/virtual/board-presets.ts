import { requireOneOf } from '../arguments.js';
import type { HardwareCapabilities, MemoryPool, SystemInfo } from '../wire/payloads/index.js';
import { defaultSystemInfo } from '../device/board.js';
import type { RawSettings } from '../device/backends/stream-channel.js';

/** The boards that a {@link VirtualCamera} can imitate. `'virtual'` is not a real board: it has the ids of an H7 and larger buffers. */
export type BoardName = 'virtual' | 'M7' | 'H7 Plus' | 'RT1062' | 'N6' | 'AE3';

/** A pool of a camera's memory, without the changing amount in use. */
export type PoolSize = Pick<MemoryPool, 'type' | 'flags' | 'total'>;

/** The properties of a board. */
export interface Board {
  /** MicroPython's name of the board and its processor. */
  readonly machine: string;
  /** Bytes of the receive buffer. */
  readonly bufferSize: 512 | 4096 | 8192;
  /** Bytes of the ring of `stdout`. */
  readonly stdoutBytes: 512 | 1024 | 2048;
  readonly systemInfo: SystemInfo;
  readonly pools: readonly PoolSize[];
  /** The raw mode of the stream at the start. */
  readonly raw: RawSettings;
  /** True if the board has a motion sensor. */
  readonly imu: boolean;
}

const NO_HARDWARE: HardwareCapabilities = { ...defaultSystemInfo.hardware, jpeg: false, crc: false, sdCard: false };
const NOT_RAW: RawSettings = { enabled: false, width: 0, height: 0 };

/** Features of boards with a network and high-speed USB. */
const CONNECTED = { wifi: true, bluetooth: true, sdCard: true, ethernet: true, usbHighSpeed: true };
const ACCELERATED = { gpu: true, npu: true, crc: true, pmu: true, pmuCounters: 8 };

/** Chip ids of the sensors. */
const OV7725 = 0x7721;
const OV5640 = 0x5640;
const PAG7936 = 0x7936;

/** The flags of UMA pools (PROTOCOL 3). */
const FAST = 0x01;
const DTCM = 0x04;
const TRANSIENT = 0x40;

const KB = 1024;
const MB = 1024 * KB;

const boards: Readonly<Record<BoardName, Board>> = {
  virtual: {
    machine: 'OPENMV4 with STM32H743',
    bufferSize: 4096,
    stdoutBytes: 1024,
    systemInfo: defaultSystemInfo,
    pools: [
      { type: 'gc', flags: 0, total: 312_000 },
      { type: 'uma', flags: FAST, total: MB },
    ],
    raw: NOT_RAW,
    imu: true,
  },
  M7: {
    machine: 'OPENMV3 with STM32F765',
    bufferSize: 512,
    stdoutBytes: 512,
    systemInfo: info(0x1203, 0x411fc270, OV7725, 384, 22, { jpeg: true, crc: true, sdCard: true }),
    pools: [
      { type: 'gc', flags: 0, total: 52 * KB },
      { type: 'uma', flags: 0, total: 384 * KB },
    ],
    raw: NOT_RAW,
    imu: false,
  },
  'H7 Plus': {
    machine: 'OPENMV4P with STM32H743',
    bufferSize: 4096,
    stdoutBytes: 1024,
    systemInfo: info(0x124a, 0x411fc271, OV5640, 27 * KB, KB, { jpeg: true, dram: true, crc: true, sdCard: true }),
    pools: [
      { type: 'gc', flags: 0, total: 4 * MB + 232 * KB },
      { type: 'uma', flags: 0, total: 27 * MB },
      { type: 'uma', flags: FAST | DTCM, total: 496 * KB },
    ],
    raw: NOT_RAW,
    imu: false,
  },
  RT1062: {
    machine: 'OpenMV IMXRT1060 with MIMXRT1062DVJ6A',
    bufferSize: 4096,
    stdoutBytes: 1024,
    systemInfo: info(0x1060, 0x411fc271, OV5640, 23 * KB, KB, {
      ...CONNECTED,
      dram: true,
    }),
    pools: [
      { type: 'gc', flags: 0, total: 8 * MB + 268 * KB },
      { type: 'uma', flags: 0, total: 23 * MB },
      { type: 'uma', flags: FAST | DTCM, total: 512 * KB },
      { type: 'uma', flags: DTCM, total: 48 * KB },
    ],
    raw: NOT_RAW,
    imu: false,
  },
  N6: {
    machine: 'OpenMV N6 with STM32N657X0',
    bufferSize: 8192,
    stdoutBytes: 2048,
    systemInfo: info(0x1206, 0x411fd220, PAG7936, 31 * KB, KB, {
      ...ACCELERATED,
      ...CONNECTED,
      isp: true,
      videoEncoder: true,
      jpeg: true,
      dram: true,
    }),
    pools: [
      { type: 'gc', flags: 0, total: 25 * MB },
      { type: 'uma', flags: 0, total: 31 * MB },
      { type: 'uma', flags: FAST | DTCM, total: 584 * KB },
      { type: 'uma', flags: DTCM, total: 128 * KB },
      { type: 'uma', flags: FAST | DTCM | TRANSIENT, total: 1792 * KB },
    ],
    raw: { enabled: true, width: 512, height: 512 },
    imu: true,
  },
  AE3: {
    machine: 'OpenMV-AE3 with AE302F80F55D5AE',
    bufferSize: 8192,
    stdoutBytes: 2048,
    systemInfo: info(0x16e3, 0x411fd220, PAG7936, 2512, KB, {
      ...ACCELERATED,
      ...CONNECTED,
      multiCore: true,
    }),
    pools: [
      { type: 'gc', flags: 0, total: 4 * MB },
      { type: 'uma', flags: 0, total: 2512 * KB },
      { type: 'uma', flags: DTCM, total: 512 * KB },
    ],
    raw: { enabled: true, width: 512, height: 320 },
    imu: true,
  },
};

/** The names of all boards. */
export const boardNames = Object.keys(boards) as readonly BoardName[];

/** @throws {OpenMVError} `INVALID_ARGUMENT` when no board has that name. */
export function boardNamed(name: BoardName): Board {
  requireOneOf('board', name, boardNames);
  return boards[name];
}

function info(
  usbProductId: number,
  cpuId: number,
  sensor: number,
  frameBufferKB: number,
  streamBufferKB: number,
  hardware: Partial<HardwareCapabilities>,
): SystemInfo {
  return {
    ...defaultSystemInfo,
    usbProductId,
    cpuId,
    sensorChipIds: [sensor],
    hardware: { ...NO_HARDWARE, ...hardware },
    frameBufferKB,
    streamBufferKB,
  };
}

/** Bytes of a UMA pool that are never freed. */
const PERSISTENT_BYTES = 4096;
/** The number of pictures that fill a pool before a collection frees it. */
const PICTURES_PER_COLLECTION = 50;

/**
 * The memory of a camera after some pictures. Each picture takes a part of every pool, until a collection frees it. The peak
 * never falls; the interpreter's heap has none.
 */
export function memoryAfter(pools: readonly PoolSize[], pictures: number): MemoryPool[] {
  return pools.map(({ type, flags, total }) => {
    const persistent = type === 'uma' ? Math.min(PERSISTENT_BYTES, total) : 0;
    const step = Math.floor((total - persistent) / (2 * PICTURES_PER_COLLECTION));
    const used = persistent + step * (1 + (pictures % PICTURES_PER_COLLECTION));
    const peak = type === 'uma' ? persistent + step * Math.min(1 + pictures, PICTURES_PER_COLLECTION) : 0;
    return { type, flags, total, used, free: total - used, persistent, peak };
  });
}
