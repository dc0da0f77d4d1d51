import { defer, filter, map, share, type Observable, type SchedulerLike } from 'rxjs';
import { isBytes, requireArgument, requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import { requireFormat, type FrameFormat } from '../../frames/pixel-format.js';
import { toVoid } from '../../operators/to-void.js';
import { decodeWord, decodeWords } from '../../wire/payloads/index.js';
import type { CameraEvent } from '../session/camera-event.js';
import type { ChannelWay } from './channel-access.js';
import { channelFrames } from './channel-frames.js';
import { requireReadable, requireWritable, type ChannelInfo } from '../session/channel-info.js';
import { channelValues } from './channel-values.js';
import { isWord } from '../arguments.js';
import { readChunks, requireRange, type Chunk, type ChunkRange } from './chunks.js';
import { decodeValue, encodeValue, takesNothing, type Codec } from './codecs.js';
import { commands } from '../link/command.js';
import type { Session } from '../session/session.js';
import { readShapedArray, requireNumberType, type NumberArrays, type ShapedArray } from './shaped-array.js';
import { readAll, sizeOf, writeAll, type WriteProgress } from './transfer.js';
import { BEGUN, underLock } from './lock.js';

/** How a command that changes something is sent. */
export interface CommandOptions {
  /**
   * Whether executing it twice does no harm, as with setting a value. By default the library executes a command at most
   * once, and says `OUTCOME_UNKNOWN` where it can't know. Default `false`.
   */
  readonly atLeastOnce?: boolean;
}

/**
 * A named channel of the camera, its bytes given a meaning by a codec.
 *
 * It may be asked for before the camera has it. Every operation is cold and one-shot: it begins when subscribed to, behind
 * the operations on the same channel that were subscribed to before (1024 at most, else `QUEUE_FULL`), and waits for
 * the link and for the channel within the command timeout. Unsubscribing removes what is not yet sent and lets what is
 * on the wire end quietly.
 *
 * Errors of all operations: `NO_SUCH_CHANNEL` when the channel did not appear in time; `NAK` with the camera's status;
 * `TIMEOUT`; `LINK_LOST`; `OUTCOME_UNKNOWN` where a command that changes something may or may not have been executed.
 *
 * @example
 * ```ts
 * import { json, type Camera } from 'openmv-rx';
 *
 * function follow(camera: Camera) {
 *   const config = camera.channel('config', json<{ quality: number }>());
 *   config.value$.subscribe(({ quality }) => console.log('quality is', quality));
 *   config.write({ quality: 50 }).subscribe({ complete: () => console.log('the camera has it') });
 * }
 * ```
 */
export class Channel<Read, Write = Read> {
  /**
   * The channel's value: read at once, again after each of its events, and again when it comes back with a reboot or
   * reconnection. A channel that has been silent for a second is polled, for it may have no events, or one was lost; where it
   * says that it is ready it is read, and what differs from the value before is emitted. Behind such a reading the link is left to
   * others for four times as long as it took, at least 20 ms and at most a second, so that it does not hold up the rest where it is slow.
   *
   * Hot and shared: one reader however many subscribe to this object, nothing is read while nobody does, and never more
   * than one reading is under way. While the channel is not there, and while it has nothing (NAK FAILED, or no bytes, where
   * its codec makes no value of none), it is silent; so it is about a reading that the link lost, which is made up for. Never
   * completes. Errors with `MALFORMED`, `TOO_LARGE`, `NOT_READABLE`, another `NAK`, or when the link can't be opened;
   * `retry({ delay: 1000 })` behind it goes on. Holds the bytes of one value.
   */
  readonly value$: Observable<Read>;

  /** @internal Made by `camera.channel`. */
  constructor(
    /** What the camera calls it. */
    readonly name: string,
    private readonly codec: Codec<Read, Write>,
    private readonly access: ChannelWay,
    private readonly scheduler: SchedulerLike,
    private readonly timeoutMs: number,
  ) {
    this.value$ = channelValues(name, access, scheduler, this.#readBytes()).pipe(
      filter((bytes) => bytes.length > 0 || takesNothing(codec)),
      map((bytes) => decodeValue(codec, bytes, name)),
      share(),
    );
  }

  /**
   * Reads the whole value: SIZE, once, then that many bytes. Emits it and completes. An empty channel is given to the
   * codec as no bytes. Where the camera's reply is lost the value is read anew from the beginning: from a channel that
   * gives each value once, that is the next one.
   *
   * Also errors with `NOT_READABLE`, with `TOO_LARGE` when the camera claims more than 16 MiB, and with `MALFORMED` when the
   * codec rejects what was read.
   */
  read(): Observable<Read> {
    return this.#readBytes().pipe(map((bytes) => decodeValue(this.codec, bytes, this.name)));
  }

  /**
   * Reads a part of the channel in chunks, each of one command, so that a program shows progress or works on what is there
   * while the rest comes. Emits each chunk with its place and the whole length, which SIZE told at first; completes behind
   * the last, or where the channel runs dry. Holds one chunk.
   *
   * Also errors with `NOT_READABLE`, and `OUTCOME_UNKNOWN` where a part was lost on the way and can't be had again.
   *
   * @param range in bytes. Default: all of it, 16 KiB at a time
   * @throws {OpenMVError} `INVALID_ARGUMENT` when `offset` or `length` is not a whole number, or `chunkBytes` not above 0.
   */
  readChunks(range: ChunkRange = {}): Observable<Chunk> {
    requireOptions('readChunks', range, CHUNK_RANGE);
    requireRange(range);
    return this.#operate((session, { id }) => readChunks(session, id, range), requireReadable);
  }

  /**
   * Reads numbers, in the shape that the channel gives them: SIZE, SHAPE, READ. Emits them and completes. The bytes of a
   * camera are little-endian, and so are the numbers. A channel without a shape has one dimension.
   *
   * Also errors with `NOT_READABLE`, and `MALFORMED` when the bytes do not fill the shape.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` when `type` is none of `u8`, `i8`, `u16`, `i16`, `u32`, `i32`, `f32`, `f64`.
   */
  readArray<K extends keyof NumberArrays>(type: K): Observable<ShapedArray<K>> {
    requireNumberType(type);
    return this.#operate((session, { id }) => readShapedArray(session, id, this.name, type), requireReadable);
  }

  /**
   * Frames of a channel that serves pictures: the next is read when the channel tells by an event or, asked once a second,
   * says that it is ready. Cold; what it emits and errors with is as with `camera.frames$`, without anything switched on
   * or off. A frame is read under the channel's lock where it has one.
   *
   * Without `format`, what begins with the header of the stream (PROTOCOL 8) is taken for that. Else SHAPE tells height and width, and the
   * format is what `format` says, or JPEG or PNG by their first bytes, or `grayscale`, `rgb565` or `argb8` by bytes a pixel.
   *
   * Each subscription reads for itself: `share()` it where several want the same frames.
   *
   * @param format of pixels without a header
   * @throws {OpenMVError} `INVALID_ARGUMENT` when there is no such format, or it is `unknown`.
   */
  frames(format?: FrameFormat): Observable<Frame> {
    if (format !== undefined) requireFormat(format);
    return channelFrames(this.name, this.access, this.scheduler, format);
  }

  /**
   * Does `work` while this host holds the channel's lock: LOCK, `work`, UNLOCK. Cold. Emits what `work` emits and completes when the
   * camera has unlocked it. While it is refused (BUSY) it is tried again. Other operations on the channel wait until it is
   * over; `work` is given a channel that need not wait. Whatever ends it, an error or unsubscribing, the channel is unlocked.
   *
   * The lock goes when the camera reboots or the session begins anew; `work`, whatever it does, then ends with `LINK_LOST`, or
   * with what a command of it ends with, and is not begun again.
   *
   * Also errors with `NOT_LOCKABLE`, and with `TIMEOUT` when the lock is refused for longer than `commandTimeoutMs`.
   *
   * @example
   * ```ts
   * import { concat, type Observable } from 'rxjs';
   * import type { Camera } from 'openmv-rx';
   *
   * // Two readings of one and the same state.
   * const both = (camera: Camera): Observable<Uint8Array<ArrayBuffer>> =>
   *   camera.channel('state').locked((state) => concat(state.read(), state.read()));
   * ```
   */
  locked<R>(work: (channel: Channel<Read, Write>) => Observable<R>): Observable<R> {
    requireArgument(typeof work === 'function', 'locked takes a function that is given the channel', work);
    return this.#operate((session, info) =>
      underLock({ session, info, scheduler: this.scheduler, timeoutMs: this.timeoutMs }, (way) =>
        work(new Channel(this.name, this.codec, way, this.scheduler, this.timeoutMs)),
      ),
    ).pipe(filter((result): result is R => result !== BEGUN));
  }

  /**
   * Writes a value. Emits how far it is after each acknowledgement and completes on the last one. A value longer
   * than `info().maxWriteBytes` is split into several commands, cut where the codec allows it, and the camera's script sees
   * several calls.
   *
   * Also errors with `NOT_WRITABLE`, and with `TOO_LARGE` when the value does not fit in one command and its codec does not
   * cut (`json`, and your own without `cut`).
   *
   * @param options `atLeastOnce`: where the camera's reply is lost, write again instead of erroring with `OUTCOME_UNKNOWN`
   * @throws {OpenMVError} `INVALID_ARGUMENT` when the codec rejects the value, or makes no bytes of it, which no camera accepts.
   */
  write(value: Write, options: CommandOptions = {}): Observable<WriteProgress> {
    requireOptions('write', options, COMMAND_OPTIONS);
    const { atLeastOnce = false } = options;
    const data = encodeValue(this.codec, value, this.name);
    if (data.length === 0) {
      throw new OpenMVError(
        'INVALID_ARGUMENT',
        `cannot write an empty value to channel '${this.name}': cameras reject empty writes`,
      );
    }
    return this.#operate(
      (session, { id }) =>
        writeAll(session, id, data, this.codec.cut?.bind(this.codec), atLeastOnce ? 'always' : 'never'),
      requireWritable,
    );
  }

  /** How many bytes can be read now. Emits it and completes. The camera may prepare a new value when asked (PROTOCOL 7). */
  size(): Observable<number> {
    return this.#operate((session, { id }) => sizeOf(session, id));
  }

  /**
   * The shape of the value: numbers whose meaning is the channel's own. Emits them and completes. A script may give more than
   * four; the camera sends as many, and those behind the fourth mean nothing (PROTOCOL 3), so they are left out.
   */
  shape(): Observable<number[]> {
    return this.#operate((session, { id }) =>
      session.request(commands.shape(id)).pipe(map(({ payload }) => decodeWords(payload).slice(0, 4))),
    );
  }

  /** Whether the channel says that it is ready: of most, that it has something to read. Emits it and completes. */
  poll(): Observable<boolean> {
    return this.#operate((session, { id }) =>
      session.request(commands.poll()).pipe(map(({ payload }) => ((decodeWord(payload) >>> id) & 1) === 1)),
    );
  }

  /**
   * Sends a request whose number and argument the channel defines. Emits `undefined` and completes when the camera has acknowledged it.
   *
   * @param options `atLeastOnce`: where the camera's reply is lost, send again instead of erroring with `OUTCOME_UNKNOWN`
   * @throws {OpenMVError} `INVALID_ARGUMENT` when `request` is not a whole number from 0 to 0xFFFFFFFF, or `argument` no bytes.
   */
  ioctl(request: number, argument?: Uint8Array, options: CommandOptions = {}): Observable<void> {
    requireOptions('ioctl', options, COMMAND_OPTIONS);
    const { atLeastOnce = false } = options;
    requireArgument(isWord(request), 'the request of an ioctl is a whole number from 0 to 0xFFFFFFFF', request);
    requireArgument(argument === undefined || isBytes(argument), 'the argument of an ioctl is a Uint8Array', argument);
    return this.#operate((session, { id }) =>
      session.request(commands.ioctl(id, request, argument, atLeastOnce ? 'always' : 'never')),
    ).pipe(toVoid());
  }

  /** The channel's own events. Hot: opens the link and reads nothing. Never completes. */
  get events$(): Observable<CameraEvent> {
    return this.access.eventsOf(this.name);
  }

  #readBytes(): Observable<Uint8Array<ArrayBuffer>> {
    return this.#operate((session, { id }) => readAll(session, id), requireReadable);
  }

  #operate<R>(
    work: (session: Session, channel: ChannelInfo) => Observable<R>,
    require: (channel: ChannelInfo) => void = () => undefined,
  ): Observable<R> {
    return this.access.operate(this.name, (session, channel) =>
      defer(() => {
        require(channel);
        return work(session, channel);
      }),
    );
  }
}

const COMMAND_OPTIONS: OptionNames<CommandOptions> = { atLeastOnce: true };
const CHUNK_RANGE: OptionNames<ChunkRange> = { offset: true, length: true, chunkBytes: true };
