import { exhaustMap, map, of, switchMap, timer, type Observable, type SchedulerLike } from 'rxjs';
import { requireArgument } from '../../arguments.js';
import { toVoid } from '../../operators/to-void.js';
import { OpenMVError } from '../../errors.js';
import {
  decodeProfile,
  decodeWords,
  encodeWords,
  ProfileMode,
  ProfileRequest,
  type ProfileRecord,
} from '../../wire/payloads/index.js';
import type { ChannelAccess } from '../channel-access.js';
import { commands } from '../command.js';
import { holdingLock } from '../holding-lock.js';
import { readRange } from '../read-range.js';
import type { Session } from '../session.js';
import { sizeOf } from '../transfer.js';
import { PmuEvent, type PmuEventName } from './pmu-event.js';

/** How often `records$` reads, unless it is told otherwise. */
const PERIOD_MS = 1000;

/**
 * The camera's profiler: what each function of its firmware cost. Only profiling builds of the firmware have it;
 * everything errors with `NO_SUCH_CHANNEL` on others, when `commandTimeoutMs` is over. Get it as `camera.profile`.
 *
 * @example
 * ```ts
 * import { flatProfile, type Camera } from 'openmv-rx';
 *
 * const slowest = (camera: Camera) =>
 *   camera.profile.records$().subscribe((records) => console.log(flatProfile(records)[0]));
 * ```
 */
export class Profiler {
  /** @internal Made by `Camera`. */
  constructor(
    private readonly access: ChannelAccess,
    private readonly scheduler: SchedulerLike,
  ) {}

  /**
   * All records of one moment, as the camera holds them under its lock. Cold; emits them and completes. An empty list
   * while there are none. Errors as commands do, and with `MALFORMED` when they are no records.
   */
  read(): Observable<readonly ProfileRecord[]> {
    return this.access.operate('profile', (session, { id }) => readRecords(session, id));
  }

  /**
   * The records as a live table: read at once and then every `periodMs`, but never while a reading is under way. Cold; each
   * subscription reads for itself. Never completes; errors as `read()` does.
   *
   * @param periodMs milliseconds, default 1000
   * @throws {OpenMVError} `INVALID_ARGUMENT` when it is not above 0.
   */
  records$(periodMs = PERIOD_MS): Observable<readonly ProfileRecord[]> {
    requireArgument(typeof periodMs === 'number' && periodMs > 0, 'periodMs is milliseconds above 0', periodMs);
    return timer(0, periodMs, this.scheduler).pipe(exhaustMap(() => this.read()));
  }

  /**
   * Whether a function's times include those of the functions that it calls. What was counted before is dropped. Cold;
   * emits `undefined` and completes when the camera has acknowledged it; errors as commands do.
   */
  mode(mode: 'inclusive' | 'exclusive'): Observable<void> {
    const number = { inclusive: ProfileMode.INCLUSIVE, exclusive: ProfileMode.EXCLUSIVE }[mode] as number | undefined;
    requireArgument(number !== undefined, "a profiler's mode is 'inclusive' or 'exclusive'", mode);
    return this.#ioctl(ProfileRequest.MODE, encodeWords(number as number));
  }

  /**
   * Sets what a PMU counter counts, and drops what was counted before. Cold; emits `undefined` and completes when the camera has
   * acknowledged it. Errors as commands do, and with `INVALID_ARGUMENT` when the camera has no such counter: `info().system.hardware.pmuCounters` tells.
   *
   * @param counter from 0
   * @param event a name of `PmuEvent`, or the number that Arm's manual gives it
   * @throws {OpenMVError} `INVALID_ARGUMENT` when there is no such event.
   */
  event(counter: number, event: PmuEventName | number): Observable<void> {
    const number = typeof event === 'number' ? event : (PmuEvent[event] as number | undefined);
    const isEvent = number !== undefined && Number.isInteger(number) && number >= 0 && number <= 0xffff;
    requireArgument(isEvent, 'a PMU event is a name of PmuEvent or a number from 0 to 65535', event);
    return this.access
      .operate('profile', (session, { id }) => {
        const { pmuCounters } = session.info.system.hardware;
        if (!Number.isInteger(counter) || counter < 0 || counter >= pmuCounters)
          throw new OpenMVError('INVALID_ARGUMENT', `the camera has ${pmuCounters} PMU counters, and no ${counter}`);
        const words = encodeWords(counter, number as number);
        return session.request(commands.ioctl(id, ProfileRequest.SET_EVENT, words, 'always'));
      })
      .pipe(toVoid());
  }

  /** Begins to count anew. Cold; emits `undefined` and completes when the camera has acknowledged it; errors as commands do. */
  reset(): Observable<void> {
    return this.#ioctl(ProfileRequest.RESET, undefined);
  }

  #ioctl(request: number, argument: Uint8Array | undefined): Observable<void> {
    return this.access
      .operate('profile', (session, { id }) => session.request(commands.ioctl(id, request, argument, 'always')))
      .pipe(toVoid());
  }
}

/** LOCK, SIZE, SHAPE, READ, UNLOCK. The lock is refused while there are no records (PROTOCOL 10). */
function readRecords(session: Session, channel: number): Observable<readonly ProfileRecord[]> {
  const records = sizeOf(session, channel).pipe(
    switchMap((length) =>
      length === 0
        ? of([])
        : session.request(commands.shape(channel)).pipe(
            switchMap(({ payload }) => {
              const [, stride = 0] = decodeWords(payload);
              return readRange(session, channel, { offset: 0, length }, 'same-session').pipe(
                map((bytes) => decodeProfile(bytes, stride, session.info.system.hardware.pmuCounters)),
              );
            }),
          ),
    ),
  );
  return holdingLock(session, channel, { granted: () => records, refused: () => of([]) });
}
