import { asyncScheduler, type Observable } from 'rxjs';
import { requireOptions, type OptionNames, requireArgument, requireInterval, requireOneOf } from '../arguments.js';
import { STDOUT_NOTIFY_MS } from '../wire/limits.js';
import type { Version } from '../wire/payloads/index.js';
import { defaultVersions } from '../device/board.js';
import { boardNamed, type Board, type BoardName } from './board-presets.js';
import { DEVICE_OPTIONS, type DeviceOptions } from '../device/device-options.js';
import { encodeWithJpegJs, type EncodeJpeg } from './pictures/encode-jpeg.js';
import { changedSettings, defaultPictureSettings, type PictureSettings } from './pictures/picture-settings.js';
import { uncompressedFormats, type UncompressedFormat } from '../frames/encode-pixels.js';
import { runScript } from './script/run-script.js';
import type { ScriptIo } from './script/script-io.js';

/** Options of a {@link VirtualCamera}: its board, deviations from it, and the initial picture settings. */
export interface VirtualCameraOptions extends DeviceOptions, Partial<PictureSettings> {
  /** The name of its transport. Default `'virtual'`. */
  readonly name?: string;
  /**
   * The board. It determines the sizes of receive buffer and `stdout`, USB id, hardware, sensors and memory, and on an N6 or
   * AE3 raw mode at the start. Other options override it. Default `'virtual'`: the ids of an H7, a receive buffer of 4096
   * bytes, a stream buffer of 512 KB and an OV5640.
   */
  readonly board?: BoardName;
  /** The firmware version. Default `'5.0.0'`. */
  readonly firmware?: string;
  /** The chip ids of its one to three sensors, from which the host chooses. Default: the board's. */
  readonly sensors?: readonly number[];
  /** True to let its scripts register `imu`. Default: true if the board has a motion sensor; M7, H7 Plus and RT1062 have none. */
  readonly imu?: boolean;
  /**
   * True to imitate a profiling build, which has the channel `profile`. It serves the costs of a made-up main loop. Default false.
   */
  readonly profile?: boolean;
  /** The format of the channel `frame`: any uncompressed format, unlike the stream. Default `'rgb565'`. */
  readonly frameChannelFormat?: UncompressedFormat;
  /** Interval of the main script's lines, in milliseconds; `false` for no lines. Default 1000. */
  readonly stdoutIntervalMs?: number | false;
  /** Bytes of `stdout`'s ring. Default: the board's, mostly 1024. */
  readonly stdoutBytes?: 512 | 1024 | 2048;
  /** Interval of notifications while `stdout` holds text, in milliseconds. Default 50. */
  readonly pollIntervalMs?: number;
  /**
   * Runs a script that the host sent; unsubscribed when the script is stopped. Default: a small part of MicroPython, enough
   * for demonstrations.
   *
   * | | supported |
   * |---|---|
   * | values | ints, floats, strings, f-strings (`{i}`, `{t:.1f}`), `True`, `False`, `None`, variables, round brackets, `+ - * / // %`, comparisons, `and`, `or`, `not` |
   * | assignments | `name = value`, `name += value` and the like |
   * | output | `print(…, sep=…, end=…)` |
   * | time | `time.sleep(seconds)`, `time.sleep_ms(ms)`; at least 1 ms |
   * | blocks | `while`, `for name in range(…)`, `if`, `elif`, `else`, `break`, `continue`, `pass` |
   * | channels | `c = protocol.register(name="x", backend=X())`, `protocol.unregister("x")`, `c.send_event(5)` |
   * | widgets | `panel = protocol.CBORChannel(on_read=f, on_write=g)`, `panel.add("gain", type="slider", max=10)`, `panel["gain"]`, `panel["gain"] = 5`, `protocol.register(name="panel", backend=panel)` |
   * | functions | `def g(channel, name, value)` with `return` and `global`, for a `CBORChannel` to call |
   * | exceptions | `raise ValueError("why")`; `TypeError`, `ZeroDivisionError`, `MemoryError` and `KeyError` from expressions |
   *
   * Each line contains one statement. An unsupported statement is skipped together with its block: for example `try`, lists, and
   * calls of functions and of other modules. If a variable gets an unsupported value, lines that use the variable are skipped,
   * too. Only the names of a class's methods matter: a channel can be read if its backend has `read` or `readp`, and written
   * if it has `write`; if the class is not in the script, it can be both. Such a channel holds the last written value, at most
   * 64 KiB; before that, `count: N`.
   *
   * A `CBORChannel` has any widget except `depth` and `waveform`, 64 KiB in all. It behaves like the firmware's: it sends no
   * event, and is ready when the script has set a widget since the last read; only then does a host read the settings of
   * hosts. `options` is a list of strings. An unsupported argument or function counts as omitted. A called function takes no
   * time, even if it sleeps, and is aborted if it does not end. An exception in it does not end the script, and the host does
   * not see it: a write is acknowledged, SIZE is 0.
   *
   * An iteration of `while` without a sleep takes 100 ms. An iteration without a supported statement prints its number, so an
   * endless loop counts. Time passes only while a host is attached. Nothing runs if a string or bracket is not closed, or a
   * line is indented without a block. An exception ends the script with MicroPython's traceback.
   */
  readonly runScript?: (source: string, io: ScriptIo) => Observable<unknown>;
  /** Encodes JPEGs. Default: the built-in jpeg-js. */
  readonly encodeJpeg?: EncodeJpeg;
  /** Returns the JPEG of each frame, for benchmarks and recordings. It replaces the test pattern, whatever the format. */
  readonly frameSource?: (index: number, settings: PictureSettings) => Uint8Array;
}

type OwnSettings = 'name' | 'sensors' | 'imu' | 'profile' | 'frameChannelFormat' | 'stdoutIntervalMs' | 'stdoutBytes';

/** {@link VirtualCameraOptions} with all defaults filled in. */
export interface VirtualCameraSettings extends Required<
  Pick<VirtualCameraOptions, OwnSettings | 'pollIntervalMs' | 'runScript' | 'encodeJpeg' | 'scheduler'>
> {
  /** The options of its device. */
  readonly device: DeviceOptions;
  readonly board: Board;
  readonly firmware: Version;
  readonly picture: PictureSettings;
  readonly streamBufferBytes: number;
  readonly frameSource: VirtualCameraOptions['frameSource'];
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when an option is outside its limits. */
export function virtualCameraSettings(options: VirtualCameraOptions): VirtualCameraSettings {
  requireOptions('VirtualCamera', options, KNOWN);
  const board = boardNamed(options.board ?? 'virtual');
  const { systemInfo = board.systemInfo, versions = defaultVersions, bufferSize = board.bufferSize } = options;
  const { sensors = systemInfo.sensorChipIds, imu = board.imu, stdoutBytes = board.stdoutBytes } = options;
  const firmware = options.firmware === undefined ? versions.firmware : versionOf(options.firmware);
  const { stdoutIntervalMs = 1000, pollIntervalMs = STDOUT_NOTIFY_MS, frameChannelFormat = 'rgb565' } = options;
  if (options.sensors) {
    requireArgument(areSensors(options.sensors), 'sensors must be one to three different chip ids', options.sensors);
  }
  requireOneOf('frameChannelFormat', frameChannelFormat, uncompressedFormats);
  requireOneOf('stdoutBytes', stdoutBytes, STDOUT_BYTES);
  if (stdoutIntervalMs !== false) requireInterval('stdoutIntervalMs', stdoutIntervalMs);
  requireInterval('pollIntervalMs', pollIntervalMs);
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

function areSensors(chipIds: readonly number[]): boolean {
  const valid = chipIds.every((id) => Number.isInteger(id) && id > 0 && id <= 0xffffffff);
  return valid && chipIds.length >= 1 && chipIds.length <= 3 && new Set(chipIds).size === chipIds.length;
}

function versionOf(text: string): Version {
  const numbers = text.split('.').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [major = NaN, minor = NaN, patch = NaN] = numbers;
  const valid = [major, minor, patch].every((number) => Number.isInteger(number) && number >= 0 && number <= 255);
  requireArgument(valid && numbers.length === 3, 'firmware must be three numbers of 0 to 255, as in 5.0.0', text);
  return { major, minor, patch };
}

const KNOWN: OptionNames<VirtualCameraOptions> = {
  ...DEVICE_OPTIONS,
  ...defaultPictureSettings,
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
