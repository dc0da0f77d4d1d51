import type { Observable } from 'rxjs';
import { OpenMVError } from '../errors.js';
import type { MemoryPool } from '../wire/payloads/index.js';
import type { DeviceOptions } from './device-options.js';
import { encodeWithJpegJs, type EncodeJpeg } from './encode-jpeg.js';
import type { PictureSettings } from './picture-source.js';
import { runPrints, type ScriptIo } from './run-script.js';

/** How a {@link VirtualCamera} is built. */
export interface VirtualCameraOptions extends DeviceOptions {
  /** What its transport is called. Default `'virtual'`. */
  readonly name?: string;
  /** Of its pictures, in pixels. Default 320. */
  readonly width?: number;
  /** Of its pictures, in pixels. Default 240. */
  readonly height?: number;
  /** How often its sensor has a picture; the host gets as many as it reads. Default 25. */
  readonly framesPerSecond?: number;
  /** Of its JPEGs, 1 to 100; the channel `config` changes it. Default 80. */
  readonly quality?: number;
  /** How often its main script prints a line, in milliseconds, or `false`. Default 1000. */
  readonly stdoutIntervalMs?: number | false;
  /** What `stdout` holds until it is read, in bytes. Default 1024. */
  readonly stdoutBytes?: 512 | 1024 | 2048;
  /** How often the host is told that there is something in `stdout`, in milliseconds. Default 50. */
  readonly pollIntervalMs?: number;
  /**
   * What a script that the host has sent does; unsubscribed when it is stopped. Default: prints what its
   * `print('…')` lines say, and counts on if it holds `while True`.
   */
  readonly runScript?: (source: string, io: ScriptIo) => Observable<unknown>;
  /** Makes JPEGs. Default: the package jpeg-js, which in a browser needs a global `Buffer`. */
  readonly encodeJpeg?: EncodeJpeg;
  /** Gives the JPEG of each frame instead of the test pattern: for benchmarks and recordings. */
  readonly frameSource?: (index: number, settings: PictureSettings) => Uint8Array;
}

type Defaulted = 'name' | 'width' | 'height' | 'framesPerSecond' | 'quality' | 'stdoutIntervalMs';
type AlsoDefaulted = 'stdoutBytes' | 'pollIntervalMs' | 'runScript' | 'encodeJpeg' | 'memory';

/** {@link VirtualCameraOptions} with what has a default filled in. */
export type VirtualCameraSettings = VirtualCameraOptions &
  Required<Pick<VirtualCameraOptions, Defaulted | AlsoDefaulted>>;

/** @throws {OpenMVError} `INVALID_ARGUMENT` when an option is outside its limits. */
export function virtualCameraSettings(options: VirtualCameraOptions): VirtualCameraSettings {
  const settings = { ...DEFAULTS, ...options };
  const { width, height, quality, framesPerSecond, stdoutIntervalMs, pollIntervalMs } = settings;
  check('width', 'a whole number of pixels', Number.isInteger(width) && width > 0 && width <= 0xffff);
  check('height', 'a whole number of pixels', Number.isInteger(height) && height > 0 && height <= 0xffff);
  check('quality', '1 to 100', quality >= 1 && quality <= 100);
  check('framesPerSecond', 'above 0', framesPerSecond > 0);
  check('stdoutIntervalMs', 'above 0, or false', stdoutIntervalMs === false || stdoutIntervalMs > 0);
  check('pollIntervalMs', 'above 0', pollIntervalMs > 0);
  return settings;
}

const MEMORY: readonly MemoryPool[] = [
  { type: 'gc', flags: 0, total: 312_000, used: 120_000, free: 192_000, persistent: 0, peak: 0 },
  { type: 'uma', flags: 1, total: 1_048_576, used: 4096, free: 1_044_480, persistent: 4096, peak: 65_536 },
];

const DEFAULTS = {
  name: 'virtual',
  width: 320,
  height: 240,
  framesPerSecond: 25,
  quality: 80,
  stdoutIntervalMs: 1000,
  stdoutBytes: 1024,
  pollIntervalMs: 50,
  runScript: runPrints,
  encodeJpeg: encodeWithJpegJs,
  memory: () => MEMORY,
} as const satisfies VirtualCameraOptions;

function check(option: string, expected: string, valid: boolean): void {
  if (!valid) throw new OpenMVError('INVALID_ARGUMENT', `${option} must be ${expected}`);
}
