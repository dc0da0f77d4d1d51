import { asyncScheduler, type Observable, type SchedulerLike } from 'rxjs';
import { requireOptions, type OptionNames } from '../arguments.js';
import { OpenMVError } from '../errors.js';
import { STDOUT_NOTIFY_MS } from '../wire/limits.js';
import type { Version } from '../wire/payloads/index.js';
import { defaultVersions } from '../device/board.js';
import { boardNamed, type Board, type BoardName } from './board-presets.js';
import { DEVICE_OPTIONS, LONGEST_TIMER_MS, type DeviceOptions } from '../device/device-options.js';
import { encodeWithJpegJs, type EncodeJpeg } from './pictures/encode-jpeg.js';
import { changedSettings, defaultPictureSettings, type PictureSettings } from './pictures/picture-settings.js';
import { uncompressedFormats, type UncompressedFormat } from './pictures/encode-pixels.js';
import { runScript } from './script/run-script.js';
import type { ScriptIo } from './script/script-io.js';

/** How a {@link VirtualCamera} is built: its board, what differs from that, and what its pictures are like at first. */
export interface VirtualCameraOptions extends DeviceOptions, Partial<PictureSettings> {
  /** What its transport is called. Default `'virtual'`. */
  readonly name?: string;
  /**
   * Which board it is: the size of its protocol buffer and of `stdout`, its USB id, hardware, sensors and memory, and
   * on an N6 or AE3 raw mode at the start. Any other option goes before it. Default `'virtual'`,
   * an H7 by its ids, with a buffer of 4096 bytes, a stream buffer of 512 KB and an OV5640.
   */
  readonly board?: BoardName;
  /** The firmware's version, which a host is told. Default `'5.0.0'`. */
  readonly firmware?: string;
  /** The chip ids of its sensors, one to three; the host chooses whose pictures it gets. Default: the board's. */
  readonly sensors?: readonly number[];
  /** Whether its main script registers `imu`. Default: whether the board has such a sensor: not an M7, H7 Plus or RT1062. */
  readonly imu?: boolean;
  /**
   * Whether it is a profiling build: it has the channel `profile`, with what a main loop that is not there would cost.
   * Default false.
   */
  readonly profile?: boolean;
  /** What is in the channel `frame`, which unlike the stream can carry any uncompressed format. Default `'rgb565'`. */
  readonly frameChannelFormat?: UncompressedFormat;
  /** How often its main script prints a line, in milliseconds, or `false`. Default 1000. */
  readonly stdoutIntervalMs?: number | false;
  /** What `stdout` holds until it is read, in bytes. Default: the board's, mostly 1024. */
  readonly stdoutBytes?: 512 | 1024 | 2048;
  /** How often the host is told that there is something in `stdout`, in milliseconds. Default 50. */
  readonly pollIntervalMs?: number;
  /**
   * What a script that the host has sent does; unsubscribed when it is stopped. Default: a small part of MicroPython,
   * enough to demonstrate with.
   *
   * | | what it understands |
   * |---|---|
   * | values | ints, floats, strings, f-strings (`{i}`, `{t:.1f}`), `True`, `False`, `None`, variables, round brackets, `+ - * / // %`, comparisons, `and`, `or`, `not` |
   * | assignments | `name = value`, `name += value` and the like |
   * | output | `print(…, sep=…, end=…)` |
   * | time | `time.sleep(seconds)`, `time.sleep_ms(ms)`; at least 1 ms |
   * | blocks | `while`, `for name in range(…)`, `if`, `elif`, `else`, `break`, `continue`, `pass` |
   * | channels | `c = protocol.register(name="x", backend=X())`, `protocol.unregister("x")`, `c.send_event(5)` |
   * | widgets | `panel = protocol.CBORChannel(on_read=f, on_write=g)`, `panel.add("gain", type="slider", max=10)`, `panel["gain"]`, `panel["gain"] = 5`, `protocol.register(name="panel", backend=panel)` |
   * | functions | `def g(channel, name, value)` with `return` and `global`, for a `CBORChannel` to call |
   * | exceptions | `raise ValueError("why")`; `TypeError`, `ZeroDivisionError`, `MemoryError` and `KeyError` of what it computes |
   *
   * A line holds one statement. One that it does not understand is passed over with all that stands beneath it: so are
   * `try`, lists, and the calls of functions and of other modules. A variable that is given such a value has none, and a line
   * that uses it is passed over too. Of a `class` only the names of its methods matter: a channel whose backend has
   * `read` or `readp` can be read, and one whose backend has `write` be written; if the class is not in the script, both.
   * Such a channel holds what was written to it last, at most 64 KiB, or, before that, `count: N`.
   *
   * A `CBORChannel` has any widget but `depth` and `waveform`, in 64 KiB together, and is as the firmware's: it sends no
   * event, and is ready when the script has set something since it was read, which is also when a host reads what a host
   * has set. `options` are a list of texts; an argument that is not understood is as if it were left out, and so is a
   * function. One that is called takes no time, however long it sleeps, and is broken off when it does not end. An
   * exception in it does not end the script, and the host does not see it: a write is acknowledged, SIZE is 0.
   *
   * A round of a `while` in which nothing sleeps takes 100 ms, and one in which nothing is understood prints its number:
   * an endless loop counts. It all takes its time only while a host is there. When a string or a bracket does not end, or
   * a line stands in no block, nothing runs. An exception ends the script with MicroPython's traceback.
   */
  readonly runScript?: (source: string, io: ScriptIo) => Observable<unknown>;
  /** Makes JPEGs. Default: jpeg-js, which is built in. */
  readonly encodeJpeg?: EncodeJpeg;
  /** Gives the JPEG of each frame instead of the test pattern, whatever the format: for benchmarks and recordings. */
  readonly frameSource?: (index: number, settings: PictureSettings) => Uint8Array;
}

/** {@link VirtualCameraOptions} with nothing left open. */
export interface VirtualCameraSettings {
  /** For its protocol stack. */
  readonly device: DeviceOptions;
  readonly board: Board;
  readonly firmware: Version;
  readonly name: string;
  readonly sensors: readonly number[];
  readonly imu: boolean;
  readonly profile: boolean;
  readonly picture: PictureSettings;
  readonly frameChannelFormat: UncompressedFormat;
  readonly stdoutIntervalMs: number | false;
  readonly stdoutBytes: number;
  readonly pollIntervalMs: number;
  readonly streamBufferBytes: number;
  readonly runScript: (source: string, io: ScriptIo) => Observable<unknown>;
  readonly encodeJpeg: EncodeJpeg;
  readonly frameSource: VirtualCameraOptions['frameSource'];
  readonly scheduler: SchedulerLike;
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when an option is outside its limits. */
export function virtualCameraSettings(options: VirtualCameraOptions): VirtualCameraSettings {
  requireOptions('VirtualCamera', options, KNOWN);
  const board = boardNamed(options.board ?? 'virtual');
  const { systemInfo = board.systemInfo, versions = defaultVersions, bufferSize = board.bufferSize } = options;
  const { sensors = systemInfo.sensorChipIds, imu = board.imu, stdoutBytes = board.stdoutBytes } = options;
  const firmware = options.firmware === undefined ? versions.firmware : versionOf(options.firmware);
  const { stdoutIntervalMs = 1000, pollIntervalMs = STDOUT_NOTIFY_MS, frameChannelFormat = 'rgb565' } = options;
  if (options.sensors) check('sensors', 'one to three different chip ids', areSensors(options.sensors));
  check('frameChannelFormat', `one of ${uncompressedFormats.join(', ')}`, isUncompressed(frameChannelFormat));
  check('stdoutBytes', '512, 1024 or 2048', STDOUT_BYTES.includes(stdoutBytes));
  check('stdoutIntervalMs', `${AN_INTERVAL}, or false`, stdoutIntervalMs === false || isInterval(stdoutIntervalMs));
  check('pollIntervalMs', AN_INTERVAL, isInterval(pollIntervalMs));
  return {
    device: {
      ...deviceOptionsOf(options),
      bufferSize,
      systemInfo: { ...systemInfo, sensorChipIds: sensors },
      versions: { ...versions, firmware },
    },
    board,
    firmware,
    name: options.name ?? 'virtual',
    sensors,
    imu,
    profile: options.profile ?? false,
    picture: changedSettings(defaultPictureSettings, options),
    frameChannelFormat,
    stdoutIntervalMs,
    stdoutBytes,
    pollIntervalMs,
    streamBufferBytes: systemInfo.streamBufferKB * 1024,
    runScript: options.runScript ?? runScript,
    encodeJpeg: options.encodeJpeg ?? encodeWithJpegJs,
    frameSource: options.frameSource,
    scheduler: options.scheduler ?? asyncScheduler,
  };
}

const STDOUT_BYTES: readonly number[] = [512, 1024, 2048];
const AN_INTERVAL = `above 0 and at most ${LONGEST_TIMER_MS}`;

function isInterval(ms: number): boolean {
  return ms > 0 && ms <= LONGEST_TIMER_MS;
}

function areSensors(chipIds: readonly number[]): boolean {
  const valid = chipIds.every((id) => Number.isInteger(id) && id > 0 && id <= 0xffffffff);
  return valid && chipIds.length >= 1 && chipIds.length <= 3 && new Set(chipIds).size === chipIds.length;
}

function isUncompressed(format: string): boolean {
  return uncompressedFormats.some((name) => name === format);
}

function versionOf(text: string): Version {
  const numbers = text.split('.').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [major = NaN, minor = NaN, patch = NaN] = numbers;
  const valid = [major, minor, patch].every((number) => Number.isInteger(number) && number >= 0 && number <= 255);
  check('firmware', 'three numbers of 0 to 255, as in 5.0.0', valid && numbers.length === 3);
  return { major, minor, patch };
}

function check(option: string, expected: string, valid: boolean): void {
  if (!valid) throw new OpenMVError('INVALID_ARGUMENT', `${option} must be ${expected}`);
}

const KNOWN: OptionNames<VirtualCameraOptions> = {
  ...DEVICE_OPTIONS,
  width: true,
  height: true,
  framesPerSecond: true,
  quality: true,
  format: true,
  exposure: true,
  name: true,
  board: true,
  firmware: true,
  sensors: true,
  imu: true,
  profile: true,
  frameChannelFormat: true,
  stdoutIntervalMs: true,
  stdoutBytes: true,
  pollIntervalMs: true,
  runScript: true,
  encodeJpeg: true,
  frameSource: true,
};

function deviceOptionsOf(options: VirtualCameraOptions): DeviceOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(DEVICE_OPTIONS, name)));
}
