import { exhaustMap, map, type Observable, of, type SchedulerLike, switchMap, timer } from 'rxjs';
import { requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { toVoid } from '../../operators/to-void.js';
import {
  decodeProfile,
  decodeWords,
  encodeWords,
  ProfileMode,
  type ProfileRecord,
  ProfileRequest,
} from '../../wire/payloads/index.js';
import type { ChannelAccess } from '../channel/channel-access.js';
import { holdingLock } from '../channel/lock.js';
import { readRange } from '../channel/read-range.js';
import { sizeOf } from '../channel/transfer.js';
import { commands } from '../link/command.js';
import type { Session } from '../session/session.js';

/**
 * Events that a PMU counter can count, with the names of Arm's manual for the Cortex-M55, the processor of all boards with counters.
 * Other events of that processor can be selected by their number.
 */
export const PmuEvent = {
  SW_INCR: 0x0000,
  L1I_CACHE_REFILL: 0x0001,
  L1D_CACHE_REFILL: 0x0003,
  L1D_CACHE: 0x0004,
  INST_RETIRED: 0x0008,
  EXC_TAKEN: 0x0009,
  CPU_CYCLES: 0x0011,
  MEM_ACCESS: 0x0013,
  BUS_ACCESS: 0x0019,
  STALL_FRONTEND: 0x0023,
  STALL_BACKEND: 0x0024,
  L1D_CACHE_MISS_RD: 0x0039,
  STALL: 0x003c,
  MVE_INST_RETIRED: 0x0200,
  MVE_STALL: 0x02cc,
  PF_DROP_LINEFILL: 0xc102,
  AXI_WRITE_ACCESS: 0xc302,
  AXI_READ_ACCESS: 0xc303,
} as const;

/** The name of an event that a PMU counter may count. */
export type PmuEventName = keyof typeof PmuEvent;

/** The default interval of `records`. */
const PERIOD_MS = 1000;

/**
 * The camera's profiler, which measures the functions of the firmware. You get it as `camera.profile`. Only profiling builds of the firmware have
 * one: on others, every operation errors with `NO_SUCH_CHANNEL` after `commandTimeoutMs`.
 *
 * @example
 * ```ts
 * import type { Camera } from 'openmv-rx';
 * import { flatProfile } from 'openmv-rx/profile';
 *
 * const slowest = (camera: Camera) =>
 *   camera.profile.records().subscribe((records) => console.log(flatProfile(records)[0]));
 * ```
 */
export class Profiler {
  readonly #access: ChannelAccess;
  readonly #scheduler: SchedulerLike;

  /** @internal Made by `Camera`. */
  constructor(access: ChannelAccess, scheduler: SchedulerLike) {
    this.#access = access;
    this.#scheduler = scheduler;
  }

  /**
   * Reads all records at one moment, under the profiler's lock. Cold. Emits them, an empty list if there are none, and completes. Errors as
   * commands do, and with `MALFORMED` if the bytes are not records.
   */
  read(): Observable<readonly ProfileRecord[]> {
    return this.#access.operate('profile', (session, { id }) => readRecords(session, id));
  }

  /**
   * Reads the records at once and then every `periodMs`, for a live table. Skips a reading while the one before is under way. Cold: each subscription
   * reads for itself. Never completes. Errors as `read()` does.
   *
   * @param periodMs in milliseconds, default 1000
   * @throws {OpenMVError} `INVALID_ARGUMENT` if `periodMs` is not above 0.
   */
  records(periodMs = PERIOD_MS): Observable<readonly ProfileRecord[]> {
    requireArgument(
      typeof periodMs === 'number' && periodMs > 0,
      'periodMs must be a number of milliseconds above 0',
      periodMs,
    );
    return timer(0, periodMs, this.#scheduler).pipe(exhaustMap(() => this.read()));
  }

  /**
   * Sets whether the time of a function includes the functions that it calls, and resets all counts. Cold. Emits `undefined` and completes when the
   * camera has acknowledged it. Errors as commands do.
   */
  mode(mode: 'inclusive' | 'exclusive'): Observable<void> {
    const number = { inclusive: ProfileMode.INCLUSIVE, exclusive: ProfileMode.EXCLUSIVE }[mode] as number | undefined;
    requireArgument(number !== undefined, "the profiler's mode must be 'inclusive' or 'exclusive'", mode);
    return this.#ioctl(ProfileRequest.MODE, encodeWords(number as number));
  }

  /**
   * Sets the event that a PMU counter counts, and resets all counts. Cold. Emits `undefined` and completes when the camera has acknowledged it. Errors as
   * commands do, and with `INVALID_ARGUMENT` if the camera has no such counter. The number of counters is `info().system.hardware.pmuCounters`.
   *
   * @param counter from 0
   * @param event a name of `PmuEvent`, or a number from Arm's manual
   * @throws {OpenMVError} `INVALID_ARGUMENT` if the event is not known.
   */
  event(counter: number, event: PmuEventName | number): Observable<void> {
    const number = typeof event === 'number' ? event : (PmuEvent[event] as number | undefined);
    const isEvent = number !== undefined && Number.isInteger(number) && number >= 0 && number <= 0xffff;
    requireArgument(isEvent, 'the PMU event must be a name of PmuEvent or a number from 0 to 65535', event);
    return this.#access
      .operate('profile', (session, { id }) => {
        const { pmuCounters } = session.info.system.hardware;
        if (!Number.isInteger(counter) || counter < 0 || counter >= pmuCounters)
          throw new OpenMVError(
            'INVALID_ARGUMENT',
            `the camera has no PMU counter ${counter}: it has ${pmuCounters}, numbered from 0`,
          );
        const words = encodeWords(counter, number as number);
        return session.request(commands.ioctl(id, ProfileRequest.SET_EVENT, words, 'always'));
      })
      .pipe(toVoid());
  }

  /** Resets all counts. Cold. Emits `undefined` and completes when the camera has acknowledged it. Errors as commands do. */
  reset(): Observable<void> {
    return this.#ioctl(ProfileRequest.RESET, undefined);
  }

  #ioctl(request: number, argument: Uint8Array | undefined): Observable<void> {
    return this.#access
      .operate('profile', (session, { id }) => session.request(commands.ioctl(id, request, argument, 'always')))
      .pipe(toVoid());
  }
}

/** LOCK, SIZE, SHAPE, READ, UNLOCK. The camera refuses the lock while there are no records (PROTOCOL 10). */
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
