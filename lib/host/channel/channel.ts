import { defer, filter, map, share, type Observable, type SchedulerLike } from 'rxjs';
import { isBytes, requireArgument, requireWhole } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import type { Frame } from '../../frames/frame.js';
import { requireFormat, type FrameFormat } from '../../frames/pixel-format.js';
import { toVoid } from '../../operators/to-void.js';
import { decodeWords } from '../../wire/payloads/index.js';
import type { CameraEvent } from '../session/camera-event.js';
import type { ChannelOperations } from './channel-access.js';
import { channelFrames } from './channel-frames.js';
import { requireReadable, requireWritable, type ChannelInfo } from '../session/channel-info.js';
import { channelValues } from './channel-values.js';
import { readChunks, requireRange, type Chunk, type ChunkRange } from './chunks.js';
import { decodeValue, encodeValue, decodesEmpty, type Codec } from './codecs.js';
import { commands } from '../link/command.js';
import type { Session } from '../session/session.js';
import { readShapedArray, requireNumberType, type NumberArrays, type ShapedArray } from './shaped-array.js';
import {
  readAll,
  sizeOf,
  writeAll,
  type WriteProgress,
  isReady,
  repeatableOf,
  type CommandOptions,
} from './transfer.js';
import { BEGUN, underLock } from './lock.js';

/**
 * A named channel of the camera. A codec converts its bytes to values.
 *
 * You can use a channel before the camera has registered it. Every operation is cold and runs once for each subscription. It begins after the earlier
 * operations on the same channel, of which at most 1024 wait (otherwise `QUEUE_FULL`), and waits for the link and the channel within
 * the command timeout. If you unsubscribe, commands that are not yet sent are dropped; one that is on the wire ends by itself.
 *
 * Every operation may error with `NO_SUCH_CHANNEL` if the channel is not registered within that time, `NAK` with the camera's status, `TIMEOUT`,
 * `LINK_LOST`, or `OUTCOME_UNKNOWN` if a command that changes something may or may not have been executed.
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
   * The channel's values. The channel is read at once, after each of its events, and again after a reboot or reconnection. It is also polled, because
   * it may have no events, or one may be lost: if its POLL bit is set, it is read, and the value is emitted if it differs from the one before. After a
   * polled reading, the link is free for other commands for four times the duration of the reading, at least 20 ms and at most a second.
   *
   * Hot and shared: all subscribers of this object share one reader, there is one reading at a time, and nothing is read without subscribers.
   * Emits nothing while the channel is not registered or empty (NAK FAILED, or no bytes for a codec that can't decode them). A reading that the
   * link lost is repeated. Never completes. Errors with `MALFORMED`, `TOO_LARGE`, `NOT_READABLE`, another `NAK`, or if the link can't be
   * opened: add `retry({ delay: 1000 })` to continue. Holds the bytes of one value.
   */
  readonly value$: Observable<Read>;

  readonly #codec: Codec<Read, Write>;
  readonly #operations: ChannelOperations;
  readonly #scheduler: SchedulerLike;
  readonly #timeoutMs: number;

  /** @internal Made by `camera.channel`. */
  constructor(
    /** The channel's name on the camera. */
    readonly name: string,
    codec: Codec<Read, Write>,
    operations: ChannelOperations,
    scheduler: SchedulerLike,
    timeoutMs: number,
  ) {
    this.#codec = codec;
    this.#operations = operations;
    this.#scheduler = scheduler;
    this.#timeoutMs = timeoutMs;
    this.value$ = channelValues(name, operations, scheduler, this.#readBytes()).pipe(
      filter((bytes) => bytes.length > 0 || decodesEmpty(codec)),
      map((bytes) => decodeValue(codec, bytes, name)),
      share(),
    );
  }

  /**
   * Reads the whole value: SIZE once, then that many bytes. Emits the value and completes. An empty channel gives the codec zero bytes. If the
   * camera's reply is lost, the value is read again from the beginning; a channel that gives each value once then returns its next value.
   *
   * Also errors with `NOT_READABLE`, with `TOO_LARGE` if the camera reports more than 16 MiB, and with `MALFORMED` if the codec can't
   * decode the value.
   */
  read(): Observable<Read> {
    return this.#readBytes().pipe(map((bytes) => decodeValue(this.#codec, bytes, this.name)));
  }

  /**
   * Reads part of the channel in chunks, with one command for each, so that your program can show progress or process the first chunks
   * early. Emits each chunk with its offset and the size that the channel reported at the beginning. Completes after the last chunk, or where the
   * channel has no more. Holds one chunk.
   *
   * Also errors with `NOT_READABLE`, and with `OUTCOME_UNKNOWN` if a part was lost and can't be read again.
   *
   * @param range in bytes. Default: the whole value, in chunks of 16 KiB
   * @throws {OpenMVError} `INVALID_ARGUMENT` if `offset` or `length` is not a whole number, or `chunkBytes` is below 1.
   */
  readChunks(range: ChunkRange = {}): Observable<Chunk> {
    requireRange(range);
    return this.#operate((session, { id }) => readChunks(session, id, range), requireReadable);
  }

  /**
   * Reads little-endian numbers and their shape: SIZE, SHAPE, READ. Emits them and completes. A channel without a shape has one dimension.
   *
   * Also errors with `NOT_READABLE`, and with `MALFORMED` if the bytes do not fill the shape.
   *
   * @throws {OpenMVError} `INVALID_ARGUMENT` if `type` is not one of `u8`, `i8`, `u16`, `i16`, `u32`, `i32`, `f32` and `f64`.
   */
  readArray<K extends keyof NumberArrays>(type: K): Observable<ShapedArray<K>> {
    requireNumberType(type);
    return this.#operate((session, { id }) => readShapedArray(session, id, this.name, type), requireReadable);
  }

  /**
   * Reads frames from a channel that serves pictures: one after each event of the channel, and one when a poll says that the channel is ready. Cold.
   * Emits and errors as `camera.frames$` does, but switches no stream on or off. A frame is read under the channel's lock if it has one.
   *
   * If the value begins with the stream's header (PROTOCOL 8) and you give no `format`, the header describes the frame. Otherwise SHAPE gives height
   * and width, and the format is `format`, or JPEG or PNG by the first bytes, or `grayscale`, `rgb565` or `argb8` by the bytes per pixel.
   *
   * Each subscription reads for itself: add `share()` if several subscribers need the same frames.
   *
   * @param format the format of pixels without a header
   * @throws {OpenMVError} `INVALID_ARGUMENT` if the format is not known, or is `unknown`.
   */
  frames(format?: FrameFormat): Observable<Frame> {
    if (format !== undefined) requireFormat(format);
    return channelFrames(this.name, this.#operations, this.#scheduler, format);
  }

  /**
   * Runs `work` while this host holds the channel's lock: LOCK, `work`, UNLOCK. Cold. Emits the values of `work` and completes when the camera has
   * unlocked the channel. Tries again while the camera refuses the lock (BUSY). Other operations on the channel wait until `work` has ended; the
   * channel that `work` gets does not wait. The channel is unlocked even if `work` errors or you unsubscribe.
   *
   * A reboot of the camera or a new session ends the lock. `work` then errors with `LINK_LOST`, or with the error of one of its commands,
   * and is not started again.
   *
   * Also errors with `NOT_LOCKABLE`, and with `TIMEOUT` if the camera refuses the lock for longer than `commandTimeoutMs`.
   *
   * @example
   * ```ts
   * import { concat, type Observable } from 'rxjs';
   * import type { Camera } from 'openmv-rx';
   *
   * // Two readings of the same state.
   * const both = (camera: Camera): Observable<Uint8Array<ArrayBuffer>> =>
   *   camera.channel('state').locked((state) => concat(state.read(), state.read()));
   * ```
   */
  locked<R>(work: (channel: Channel<Read, Write>) => Observable<R>): Observable<R> {
    requireArgument(typeof work === 'function', 'locked needs a function that takes the channel', work);
    return this.#operate((session, info) =>
      underLock({ session, info, scheduler: this.#scheduler, timeoutMs: this.#timeoutMs }, (operations) =>
        work(new Channel(this.name, this.#codec, operations, this.#scheduler, this.#timeoutMs)),
      ),
    ).pipe(filter((result): result is R => result !== BEGUN));
  }

  /**
   * Writes a value. Emits the progress after each acknowledgement and completes after the last one. A value longer than
   * `info().maxWriteBytes` is cut where the codec allows it and sent as several commands, so the camera calls the script's `write` several times.
   *
   * Also errors with `NOT_WRITABLE`, and with `TOO_LARGE` if the value is too long for one command and its codec has no `cut`, like `json`.
   *
   * @param options `atLeastOnce` writes again if the camera's reply is lost, instead of erroring with `OUTCOME_UNKNOWN`
   * @throws {OpenMVError} `INVALID_ARGUMENT` if the codec can't encode the value, or encodes it as zero bytes, which cameras reject.
   */
  write(value: Write, options: CommandOptions = {}): Observable<WriteProgress> {
    const repeatable = repeatableOf('write', options);

    const data = encodeValue(this.#codec, value, this.name);
    const message = `cannot write an empty value to channel '${this.name}': cameras reject empty writes`;
    if (data.length === 0) throw new OpenMVError('INVALID_ARGUMENT', message);

    return this.#operate(
      (session, { id }) => writeAll(session, id, data, this.#codec.cut?.bind(this.#codec), repeatable),
      requireWritable,
    );
  }

  /** Emits the number of bytes that can be read now, and completes. A script may prepare a new value for this request (PROTOCOL 7). */
  size(): Observable<number> {
    return this.#operate((session, { id }) => sizeOf(session, id));
  }

  /** Emits the shape of the value and completes: up to four numbers whose meaning the channel defines (PROTOCOL 3). */
  shape(): Observable<number[]> {
    return this.#operate((session, { id }) =>
      session.request(commands.shape(id)).pipe(map(({ payload }) => decodeWords(payload).slice(0, 4))),
    );
  }

  /** Emits true if the channel is ready, otherwise false, and completes. Most channels are ready when they have something to read. */
  poll(): Observable<boolean> {
    return this.#operate((session, { id }) => isReady(session, id));
  }

  /**
   * Sends a request with a number and an argument that the channel defines. Emits `undefined` and completes when the camera has acknowledged it.
   *
   * @param options `atLeastOnce` sends it again if the camera's reply is lost, instead of erroring with `OUTCOME_UNKNOWN`
   * @throws {OpenMVError} `INVALID_ARGUMENT` if `request` is not a whole number from 0 to 0xFFFFFFFF, or `argument` is not a `Uint8Array`.
   */
  ioctl(request: number, argument?: Uint8Array, options: CommandOptions = {}): Observable<void> {
    const repeatable = repeatableOf('ioctl', options);

    requireWhole('the request of an ioctl', request, 0, 0xffff_ffff);
    const isArgument = argument === undefined || isBytes(argument);
    requireArgument(isArgument, 'the argument of an ioctl must be a Uint8Array', argument);
    return this.#operate((session, { id }) => session.request(commands.ioctl(id, request, argument, repeatable))).pipe(
      toVoid(),
    );
  }

  /** The events of this channel, before `camera.events$` emits them. Hot: opens the link and reads nothing. Never completes. */
  get events$(): Observable<CameraEvent> {
    return this.#operations.eventsOf(this.name);
  }

  #readBytes(): Observable<Uint8Array<ArrayBuffer>> {
    return this.#operate((session, { id }) => readAll(session, id), requireReadable);
  }

  #operate<R>(
    work: (session: Session, channel: ChannelInfo) => Observable<R>,
    require: (channel: ChannelInfo) => void = () => undefined,
  ): Observable<R> {
    return this.#operations.operate(this.name, (session, channel) =>
      defer(() => {
        require(channel);
        return work(session, channel);
      }),
    );
  }
}
