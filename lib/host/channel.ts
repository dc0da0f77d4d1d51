import {
  catchError,
  defer,
  EMPTY,
  filter,
  ignoreElements,
  map,
  merge,
  of,
  share,
  throwError,
  type Observable,
} from 'rxjs';
import { isOpenMVError, OpenMVError } from '../errors.js';
import { decodeWord, decodeWords } from '../wire/payloads/index.js';
import { Status } from '../wire/status.js';
import type { CameraEvent } from './camera-event.js';
import type { ChannelAccess } from './channel-access.js';
import type { ChannelInfo } from './channel-info.js';
import { isWord } from './arguments.js';
import { decodeValue, encodeValue, type Codec } from './codecs.js';
import { commands } from './command.js';
import { exhaustAgain } from './exhaust-again.js';
import type { Session } from './session.js';
import { readAll, sizeOf, writeAll, type WriteProgress } from './transfer.js';

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
export class Channel<T> {
  /**
   * The channel's value: read at once, again after each of its events, and again when it comes back with a reboot or
   * reconnection. Hot and shared: one reader however many subscribe to this object, nothing is read while nobody does, and never more
   * than one reading is under way. While the channel is not there, and while it has nothing (NAK FAILED), it is
   * silent. Never completes; errors as `read()` does. Holds nothing.
   */
  readonly value$: Observable<T>;

  constructor(
    readonly name: string,
    private readonly codec: Codec<T>,
    private readonly access: ChannelAccess,
  ) {
    this.value$ = this.#values().pipe(share());
  }

  /**
   * Reads the whole value: SIZE, once, then that many bytes. Emits it and completes. An empty channel is given to the
   * codec as no bytes. Where the camera's reply is lost the value is read anew from the beginning: from a channel that
   * gives each value once, that is the next one.
   *
   * Also errors with `NOT_READABLE`, with `TOO_LARGE` when the camera claims more than 16 MiB, and with `MALFORMED` when the
   * codec rejects what was read.
   */
  read(): Observable<T> {
    return this.#operate((session, { id }) => {
      return readAll(session, id).pipe(map((bytes) => decodeValue(this.codec, bytes, this.name)));
    }, requireReadable);
  }

  /**
   * Writes a value. Emits how far it is after each acknowledgement and completes on the last one. A value over the
   * camera's payload less 8 bytes goes in several commands, and the camera's script sees several calls.
   *
   * Also errors with `NOT_WRITABLE`.
   *
   * @param options `atLeastOnce`: where the camera's reply is lost, write again instead of erroring with `OUTCOME_UNKNOWN`
   * @throws {OpenMVError} `INVALID_ARGUMENT` when the codec rejects the value, or makes no bytes of it, which no camera accepts.
   */
  write(value: T, { atLeastOnce = false }: CommandOptions = {}): Observable<WriteProgress> {
    const data = encodeValue(this.codec, value, this.name);
    if (data.length === 0) {
      throw new OpenMVError(
        'INVALID_ARGUMENT',
        `channel '${this.name}' can't be written nothing: a camera refuses an empty write`,
      );
    }
    return this.#operate(
      (session, { id }) => writeAll(session, id, data, atLeastOnce ? 'always' : 'never'),
      requireWritable,
    );
  }

  /** How many bytes can be read now. Emits it and completes. The camera may prepare a new value when asked (PROTOCOL 7). */
  size(): Observable<number> {
    return this.#operate((session, { id }) => sizeOf(session, id));
  }

  /** The shape of the value, up to four numbers whose meaning is the channel's own. Emits it and completes. */
  shape(): Observable<number[]> {
    return this.#operate((session, { id }) =>
      session.request(commands.shape(id)).pipe(map(({ payload }) => decodeWords(payload))),
    );
  }

  /** Whether the channel says that it is ready: of most, that it has something to read. Emits it and completes. */
  poll(): Observable<boolean> {
    return this.#operate((session, { id }) =>
      session.request(commands.poll()).pipe(map(({ payload }) => ((decodeWord(payload) >>> id) & 1) === 1)),
    );
  }

  /**
   * Sends a request whose number and argument the channel defines. Completes when the camera has acknowledged it.
   *
   * @param options `atLeastOnce`: where the camera's reply is lost, send again instead of erroring with `OUTCOME_UNKNOWN`
   * @throws {OpenMVError} `INVALID_ARGUMENT` when `request` is not a whole number from 0 to 0xFFFFFFFF.
   */
  ioctl(request: number, argument?: Uint8Array, { atLeastOnce = false }: CommandOptions = {}): Observable<never> {
    if (!isWord(request)) throw new OpenMVError('INVALID_ARGUMENT', `the request of an ioctl is a u32, not ${request}`);
    return this.#operate((session, { id }) =>
      session.request(commands.ioctl(id, request, argument, atLeastOnce ? 'always' : 'never')),
    ).pipe(ignoreElements());
  }

  /** The channel's own events. Hot: opens the link and reads nothing. Never completes. */
  get events$(): Observable<CameraEvent> {
    return this.access.events$.pipe(filter(({ channel }) => channel === this.name));
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

  #values(): Observable<T> {
    return this.access.whileThere(this.name, () =>
      merge(of('look'), this.events$).pipe(
        exhaustAgain(() =>
          this.read().pipe(catchError((error: unknown) => (isNothing(error) ? EMPTY : throwError(() => error)))),
        ),
      ),
    );
  }
}

/** Nothing is there now; or the session is over, and the next one reads again. */
function isNothing(error: unknown): boolean {
  return (isOpenMVError(error, 'NAK') && error.status === Status.FAILED) || isOpenMVError(error, 'LINK_LOST');
}

function requireReadable({ name, readable }: ChannelInfo): void {
  if (!readable) throw new OpenMVError('NOT_READABLE', `channel '${name}' can't be read`);
}

function requireWritable({ name, writable }: ChannelInfo): void {
  if (!writable) throw new OpenMVError('NOT_WRITABLE', `channel '${name}' can't be written`);
}
