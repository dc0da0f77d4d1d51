import {
  AsyncSubject,
  catchError,
  concat,
  defer,
  EMPTY,
  ignoreElements,
  map,
  merge,
  type Observable,
  finalize,
  of,
  ReplaySubject,
  type SchedulerLike,
  switchMap,
  tap,
  throwError,
  timer,
  type Unsubscribable,
} from 'rxjs';
import { isOpenMVError, OpenMVError } from '../../errors.js';
import { Opcode } from '../../wire/opcode.js';
import { decodeChannelList, decodeEvent, NOTIFY, SystemEvent, type Capabilities } from '../../wire/payloads/index.js';
import type { Message } from '../../wire/reassembler.js';
import { Status } from '../../wire/status.js';
import { cameraEvent, type CameraEvent } from './camera-event.js';
import type { CameraInfo } from '../camera-info.js';
import { ChannelEvents } from './channel-events.js';
import { channelInfo, type ChannelInfo } from './channel-info.js';
import { commands, type Command } from '../link/command.js';
import { Directory } from './directory.js';
import { LOCK_INTERVAL_MS } from '../../wire/limits.js';
import { channelInWords, type Reply } from '../link/job.js';
import { timeOfDay } from '../monotonic-scheduler.js';
import type { Link } from '../link/link.js';
import { spareBudget, writeBudget } from './buffer-budget.js';
import { SlicePace } from './slice-pace.js';

/** The slowest supported link, about a UART of 115 200 baud: a deadline grows with the bytes of the command and its reply. */
const SLOWEST_BYTES_PER_MS = 10;

/** The camera refuses a LOCK for 10 ms after the last lock, inclusive, and counts whole milliseconds. */
export const LOCK_WAIT_MS = LOCK_INTERVAL_MS + 1;

/** Limit of events that wait for the name of their channel. Over it, they are emitted with the channel's number. */
const MAX_UNNAMED = 1024;

/** A timer may be this early, or the camera's clock this late. BUSY so soon after the interval is tried again: as "no frame" it would cost one. */
const CLOCKS_DIFFER_MS = 3;

/** A session lasts from a SYNC to the next reboot or SYNC. It holds the camera's capabilities and its channels with their ids. */
export class Session {
  readonly directory: Directory;
  readonly #events = new ChannelEvents();
  /** Events of channels whose names are not known yet. They wait for the list that is being read. */
  readonly #unnamed: Message[] = [];
  /** Channels that the camera's list does not have: their events don't cause another request for the list. */
  readonly #nameless = new Set<number>();
  /** The end of the interval after the last granted lock. */
  #lockedUntil = -Infinity;
  /** The end of the interval after the last LOCK with an unknown outcome. */
  #mayBeLockedUntil = -Infinity;
  readonly #begunAt: number;
  /** The time of the last LOCK that was sent, on any channel. */
  #lockSentAt = -Infinity;
  #closed = false;
  /** Channels that may still be locked, because the reply to UNLOCK was lost. */
  readonly unsureLocks = new Set<number>();
  readonly slicePace = new SlicePace();
  readonly #description: Omit<CameraInfo, 'maxWriteBytes'>;
  readonly #timeoutMs: number;
  readonly #holdOpen: () => Unsubscribable;

  constructor(
    readonly link: Link,
    description: Omit<CameraInfo, 'maxWriteBytes'>,
    /** The capabilities that the camera offers. */
    readonly offered: Capabilities,
    channels: readonly ChannelInfo[],
    timeoutMs: number,
    readonly scheduler: SchedulerLike,
    holdOpen: () => Unsubscribable,
  ) {
    this.#description = description;
    this.#timeoutMs = timeoutMs;
    this.#holdOpen = holdOpen;
    this.#begunAt = scheduler.now();
    this.directory = new Directory(
      channels,
      () =>
        this.request(commands.channelList()).pipe(map(({ payload }) => decodeChannelList(payload).map(channelInfo))),
      () => this.#name(),
    );
  }

  /** The description of the camera, with the capabilities in use. */
  get info(): CameraInfo {
    const capabilities = this.link.capabilities ?? this.#description.capabilities;
    return { ...this.#description, capabilities, maxWriteBytes: writeBudget(this.offered, capabilities) };
  }

  /** The events of all channels, with the names of the channels. Hot, in the order of arrival; completes with the session. */
  get events$(): Observable<CameraEvent> {
    return this.#events.all$;
  }

  /** The events of one channel. Hot, in the order of arrival; completes with the session. */
  eventsOf(name: string): Observable<CameraEvent> {
    return this.#events.of(name);
  }

  /** The channel's name for errors, or its number if the name is not known. */
  nameOf(channel: number): string {
    return channelInWords(channel, this.directory.byId(channel)?.name);
  }

  /** Works as `Link.request` does, with a deadline that fits the command's bytes. */
  request(command: Command): Observable<Reply> {
    return this.#request(command, false);
  }

  /**
   * Sends clean-up commands on one channel. They are sent even if their subscribers leave, and the link stays open until they have ended. Hot: the
   * commands are queued at the call, in their order. The result replays the end: when all have ended, it completes, or errors with the first error.
   */
  cleanUp(...inTurn: Command[]): Observable<never> {
    if (this.#closed)
      return throwError(() => new OpenMVError('LINK_LOST', 'the session has ended, and its locks with it'));
    const ended$ = new ReplaySubject<never>();
    const held = this.#holdOpen();
    const errors: unknown[] = [];
    const queued = inTurn.map((command) => {
      const end$ = new ReplaySubject<never>();
      this.#request(command, true).pipe(ignoreElements()).subscribe(end$);
      return end$.pipe(catchError((error: unknown) => (errors.push(error), EMPTY)));
    });
    concat(
      ...queued,
      defer(() => (errors.length > 0 ? throwError(() => errors[0]) : EMPTY)),
    )
      .pipe(finalize(() => held.unsubscribe()))
      .subscribe(ended$);
    return ended$;
  }

  /**
   * Sends commands on one channel together: see `Link.burst`. The link stays open until they have ended. A LOCK among them counts for the
   * interval between locks.
   */
  burst(channel: number, burst: readonly Command[]): Observable<Reply>[] {
    const held = this.#holdOpen();
    const bytes = burst.reduce((sum, { payload, replyLimit }) => sum + payload.length + replyLimit, 0);
    const name = this.directory.byId(channel)?.name;
    const named = burst.map((command) => ({
      isolated: true,
      ...command,
      ...(name !== undefined && { channelName: name }),
    }));
    const isLock = burst.map(({ opcode }) => opcode === Opcode.CHANNEL_LOCK);
    if (isLock.includes(true)) this.#lockSentAt = this.scheduler.now();
    const replies = this.link
      .burst(channel, named, this.#timeoutMs + bytes / SLOWEST_BYTES_PER_MS)
      .map((reply, i) => (isLock[i] === true ? replayed(this.#lockReply(channel, reply)) : reply));
    merge(
      ...replies.map((reply) =>
        reply.pipe(
          ignoreElements(),
          catchError(() => EMPTY),
        ),
      ),
    )
      .pipe(finalize(() => held.unsubscribe()))
      .subscribe();
    return replies;
  }

  /**
   * The earliest time to send a LOCK in a burst. It is under way for a while, so it may leave before the interval is over: the interval began when the
   * camera granted the last lock, which was one way back from the answer.
   */
  get lockAt(): number {
    const { roundTripMs } = this.link;
    const early = Math.max(
      this.#lockSentAt + LOCK_WAIT_MS + 1,
      this.#lockedUntil - roundTripMs,
      this.#mayBeLockedUntil - roundTripMs,
    );
    // On a quick link the answer to the last LOCK has arrived, and says more than an estimate.
    const isAnswered = this.#lockedUntil - LOCK_WAIT_MS >= this.#lockSentAt;
    return isAnswered ? Math.min(this.#lockedUntil, early) : early;
  }

  #request(command: Command, mustBeSent: boolean): Observable<Reply> {
    const { payload, channel, replyLimit } = command;
    const timeoutMs = this.#timeoutMs + (payload.length + replyLimit) / SLOWEST_BYTES_PER_MS;
    const spareBytes = spareBudget(this, channel, replyLimit);
    const channelName = this.directory.byId(channel)?.name;
    return this.link.request(
      { ...command, spareBytes, ...(channelName !== undefined && { channelName }) },
      timeoutMs,
      mustBeSent,
    );
  }

  /**
   * Locks a channel. Emits true if the camera granted the lock, and false if it answered BUSY. Waits until the camera may grant a lock, about 10 ms after
   * the last one of any channel (PROTOCOL 7).
   */
  lock(channel: number): Observable<boolean> {
    return this.#lock(channel, () => Math.max(this.#lockedUntil, this.#mayBeLockedUntil));
  }

  /**
   * Sends the LOCK of an existing frame again, when its outcome is unknown. It does not wait for the interval of that LOCK. Emits
   * `false` if the camera had granted the first: it grants no lock twice.
   */
  lockAgain(channel: number): Observable<boolean> {
    // A lock from before the session, by this program or another one, may still keep the camera from granting any.
    return this.#lock(channel, () => Math.max(this.#lockedUntil, this.#begunAt + LOCK_WAIT_MS));
  }

  /** BUSY within the interval says nothing about the channel, so LOCK is sent again. */
  #lock(channel: number, from: () => number): Observable<boolean> {
    const waiting = (leastMs: number): Observable<boolean> => {
      const waitMs = Math.max(leastMs, from() - this.scheduler.now());
      return waitMs > 0 ? timer(waitMs, this.scheduler).pipe(switchMap(() => tried)) : tried;
    };
    const tried: Observable<boolean> = this.#tryLock(channel).pipe(
      switchMap((granted) => (granted || this.scheduler.now() >= from() + CLOCKS_DIFFER_MS ? of(granted) : waiting(1))),
    );
    return defer(() => waiting(0));
  }

  #tryLock(channel: number): Observable<boolean> {
    return defer(() => {
      this.#lockSentAt = this.scheduler.now();
      return this.granted(this.#lockReply(channel, this.request(commands.lock(channel))));
    });
  }

  /** The reply to a LOCK as a boolean: BUSY is an ordinary answer. */
  granted(lock$: Observable<Reply>): Observable<boolean> {
    return lock$.pipe(
      map(() => true),
      catchError((error: unknown) =>
        isOpenMVError(error, 'NAK') && error.status === Status.BUSY ? of(false) : throwError(() => error),
      ),
    );
  }

  #lockReply(channel: number, lock$: Observable<Reply>): Observable<Reply> {
    return lock$.pipe(
      tap({
        next: () => {
          this.unsureLocks.delete(channel);
          this.#lockedUntil = this.scheduler.now() + LOCK_WAIT_MS;
        },
        error: (error: unknown) => {
          if (!isOpenMVError(error, 'NAK')) this.#mayBeLockedUntil = this.scheduler.now() + LOCK_WAIT_MS;
        },
      }),
    );
  }

  /** Unlocks a channel. Hot: see `cleanUp`. Also completes if the channel was not locked, or if the outcome is unknown: see `unsureLocks`. */
  unlock(channel: number): Observable<never> {
    const unlocked$ = this.cleanUp(commands.unlock(channel));
    unlocked$.subscribe({
      complete: () => this.unsureLocks.delete(channel),
      error: (error: unknown) => isOpenMVError(error, 'OUTCOME_UNKNOWN') && this.unsureLocks.add(channel),
    });
    return unlocked$.pipe(
      catchError((error: unknown) =>
        isOpenMVError(error, 'NAK') || isOpenMVError(error, 'OUTCOME_UNKNOWN') ? EMPTY : throwError(() => error),
      ),
    );
  }

  /** Handles an event. */
  receive(message: Message): void {
    if (message.opcode === Opcode.SYS_EVENT && message.channel === 0) {
      if (message.payload.length === 2 && decodeEvent(message.payload) !== SystemEvent.SOFT_REBOOT) {
        this.#nameless.clear();
        this.directory.refresh();
      }
    } else if (this.directory.byId(message.channel) === undefined && !this.#nameless.has(message.channel)) {
      // The event of its registration was lost, or the list is being read.
      if (!this.directory.refreshing) this.directory.refresh();
      this.#unnamed.push(message);
      if (this.#unnamed.length >= MAX_UNNAMED) this.#name();
      return;
    }
    if (this.#unnamed.length > 0) this.#unnamed.push(message);
    else this.#emit(message);
  }

  /** Emits an event for something that a channel reported by other means than an event. */
  report(channel: string, channelId: number, kind: CameraEvent['kind']): void {
    this.#events.next({ kind, channel, channelId, event: NOTIFY, receivedAt: timeOfDay(this.scheduler) });
  }

  close(): void {
    this.#closed = true;
    this.#name();
    this.directory.close();
    this.#events.complete();
  }

  #name(): void {
    for (const message of this.#unnamed.splice(0)) {
      if (this.directory.byId(message.channel) === undefined) this.#nameless.add(message.channel);
      this.#emit(message);
    }
  }

  #emit(message: Message): void {
    const named = this.directory.byId(message.channel)?.name;
    // If two channels share a name, the one with the lower id owns it (PROTOCOL 7).
    const isFirst = named !== undefined && this.directory.byName(named)?.id === message.channel;
    const name = isFirst ? named : `#${message.channel}`;
    this.#events.next(cameraEvent(message, name, timeOfDay(this.scheduler)));
  }
}

function replayed<T>(source: Observable<T>): Observable<T> {
  const replay = new AsyncSubject<T>();
  source.subscribe(replay);
  return replay;
}
