import {
  defer,
  endWith,
  filter,
  ignoreElements,
  isObservable,
  map,
  merge,
  NEVER,
  retry,
  Subscription,
  throwError,
  timer,
  type Observable,
  type Timestamp,
  type Unsubscribable,
} from 'rxjs';
import { isObject, requireArgument, requireOptions, type OptionNames } from '../../arguments.js';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import type { CameraInfo } from '../../host/camera-info.js';
import type { Camera } from '../../host/camera.js';
import { timeOfDay } from '../../host/monotonic-scheduler.js';
import type { McapMessage } from '../format/topics.js';
import { toNanoseconds } from '../format/nanoseconds.js';
import { channelsMessage, eventMessage, isRecordedEvent, textMessage } from '../format/other-messages.js';
import { channelRecorder, requireDistinct, type RecordedChannel } from '../format/recorded-channel.js';
import { takeFrames, type FrameUse } from './frame-intake.js';
import type { RecordSettings } from './record-options.js';

/**
 * Sources of a recording, in place of a camera. A frame is written with its `receivedAt`. Text and values are written with their
 * arrival time, or with the time of a `Timestamp`, which `timestamp()` of RxJS makes. The sources are subscribed to when the file
 * exists.
 */
export interface RecordInputs {
  /**
   * Frames. An async iterable such as `camera.readFrames()` is pulled after each written frame, so it slows down to the disk and no
   * frame is dropped. An Observable has no back-pressure: see {@link RecordOptions.frames}.
   */
  readonly frames?: Observable<Frame> | AsyncIterable<Frame>;
  /** Text, recorded as the output of a script. */
  readonly text?: Observable<string | Timestamp<string>>;
  /** Values, with their name and encoding. */
  readonly channels?: readonly RecordedInput[];
  /** The description of the camera, such as `camera.info()`. The file is created after its first value. */
  readonly info?: Observable<CameraInfo>;
}

/** Values to record as those of a channel: bytes as its codec encodes them, with their name and encoding. */
export type RecordedInput = RecordedChannel & { readonly values: Observable<Uint8Array | Timestamp<Uint8Array>> };

/** The sources of a recording, of a camera or of inputs. */
export interface Intake {
  /** Keeps the link open while writing a frame takes long. */
  readonly connect: () => Unsubscribable;
  readonly info: Observable<CameraInfo> | undefined;
  readonly messages: Observable<McapMessage> | undefined;
  readonly frames: ((use: FrameUse) => Observable<void>) | undefined;
  /** Emits when no further data is possible, even if a source has not completed. */
  readonly over$: Observable<unknown>;
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` */
export function intakeOf(source: Camera | RecordInputs, settings: RecordSettings): Intake {
  const given: unknown = source;
  requireArgument(isObject(given), 'record takes a Camera, or inputs such as { frames }', given);
  return isCamera(source) ? cameraIntake(source, settings) : inputsIntake(source, settings);
}

/** Checks for a method instead of the class, because a program may have loaded two copies of this library. */
function isCamera(source: Camera | RecordInputs): source is Camera {
  return typeof (source as Partial<Camera>).readFrames === 'function';
}

function cameraIntake(camera: Camera, settings: RecordSettings): Intake {
  const { scheduler, frames } = settings;
  const now = (): number => timeOfDay(scheduler);
  const events$ = camera.events$.pipe(filter(isRecordedEvent), map(eventMessage));
  const lists$ = camera.channels$.pipe(map((channels) => channelsMessage(channels, now())));
  return {
    connect: () => camera.connect(),
    info: camera.info(),
    messages: merge(
      ...(settings.events ? [events$, lists$] : []),
      ...(settings.text ? [camera.stdout$.pipe(map((text) => textMessage(text, now())))] : []),
      ...settings.channels.map(({ name, topic, encode }) =>
        camera.channel(name).value$.pipe(map((bytes) => ({ topic, data: encode(bytes), time: toNanoseconds(now()) }))),
      ),
    ),
    frames:
      frames === false
        ? undefined
        : (use) => {
            /** Skips a malformed frame, and waits for a camera that sends no frames. */
            const resumed = <T>(source: Observable<T>): Observable<T> =>
              source.pipe(
                retry({
                  delay: (error: unknown) => {
                    if (isOpenMVError(error, 'TIMEOUT')) return timer(0, scheduler);
                    if (!isOpenMVError(error, 'MALFORMED') && !isOpenMVError(error, 'TOO_LARGE'))
                      return throwError(() => error);
                    use.dropped(1);
                    return timer(0, scheduler);
                  },
                }),
              );
            const source = frames === 'lossless' ? camera.readFrames({ lossless: true }) : camera.frames$;
            return takeFrames(source, settings, use, resumed);
          },
    // Errors when the camera is lost for good, and completes at the end of a replay.
    over$: camera.events$.pipe(ignoreElements(), endWith(0)),
  };
}

function inputsIntake(inputs: RecordInputs, settings: RecordSettings): Intake {
  requireOptions('record', inputs, KNOWN);
  const { frames, text, channels = [], info } = inputs;
  const isSource = (value: unknown): boolean =>
    isObservable(value) || (isObject(value) && Symbol.asyncIterator in value);
  requireArgument(
    frames === undefined || isSource(frames),
    'frames must be an Observable or an async iterable of frames',
    frames,
  );
  requireArgument(text === undefined || isObservable(text), 'text must be an Observable', text);
  requireArgument(info === undefined || isObservable(info), 'info must be an Observable, as camera.info() is', info);
  requireArgument(
    Array.isArray(channels) && channels.every(isObject),
    'channels must be a list of { name, encoding or layout, values }',
    channels,
  );
  const words = 'the option channels names channels of a camera: pass values as channels of the inputs';
  requireArgument(settings.channels.length === 0, words, settings.channels);
  const recorders = channels.map(({ values, ...channel }) => {
    requireArgument(isObservable(values), `values of channel '${channel.name}' must be an Observable`, values);
    return { values, ...channelRecorder(channel) };
  });
  requireDistinct(recorders);
  const wanted = settings.frames === false ? undefined : frames;
  const messages = [
    ...(text && settings.text
      ? [timed(text, settings).pipe(map(([words, at]) => textMessage(requireText(words), at)))]
      : []),
    ...recorders.map(({ values, name, topic, encode }) =>
      timed(values, settings).pipe(
        map(([bytes, at]) => ({ topic, data: encode(requireBytes(bytes, name)), time: toNanoseconds(at) })),
      ),
    ),
  ];
  const isAny = wanted !== undefined || messages.length > 0;
  requireArgument(isAny, 'record takes at least one of frames, text and channels', inputs);
  return {
    connect: () => Subscription.EMPTY,
    info,
    messages: messages.length > 0 ? merge(...messages) : undefined,
    frames: wanted && ((use) => takeFrames(wanted, settings, use)),
    over$: NEVER,
  };
}

/** Pairs each value with its own time, or with the current time. */
function timed<T extends string | Uint8Array>(
  values: Observable<T | Timestamp<T>>,
  { scheduler }: RecordSettings,
): Observable<readonly [value: T, at: number]> {
  return defer(() => values).pipe(
    map((value) => {
      const isTimed = isObject(value) && 'timestamp' in value;
      return isTimed ? ([value.value, value.timestamp] as const) : ([value, timeOfDay(scheduler)] as const);
    }),
  );
}

function requireText(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new OpenMVError('INVALID_ARGUMENT', `text to record must be a string, not ${typeof text}`);
}

function requireBytes(bytes: unknown, name: string): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  const words = `values of channel '${name}' are recorded as bytes: encode them with its codec, as json().encode(value)`;
  throw new OpenMVError('INVALID_ARGUMENT', words);
}

const KNOWN: OptionNames<RecordInputs> = { frames: true, text: true, channels: true, info: true };
