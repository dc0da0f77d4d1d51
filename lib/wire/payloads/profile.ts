import { OpenMVError } from '../../errors.js';
import { viewOf } from './layout.js';

/** The counts of one function on a profiling camera (PROTOCOL 10). Numbers above 2⁵³ are not exact. */
export interface ProfileRecord {
  /** Address of the function, as in the firmware's symbols. Bit 0, the Thumb bit, may be set. */
  readonly address: number;
  /** Address of its last caller. */
  readonly caller: number;
  /** Number of calls. */
  readonly calls: number;
  /** Duration of its shortest run, in µs; 0xFFFFFFFF until the first run has ended. */
  readonly minTicks: number;
  /** Duration of its longest run, in µs. */
  readonly maxTicks: number;
  /** Duration of all its runs, in µs. */
  readonly totalTicks: number;
  /** Processor cycles of all its runs. */
  readonly totalCycles: number;
  /** The count of each PMU counter in all its runs. */
  readonly events: readonly number[];
}

/** The `minTicks` of a function before its first run has ended. */
export const UNMEASURED_TICKS = 0xffffffff;

/** The ioctl requests of the channel `profile`. Today's firmware refuses STATS. */
export const ProfileRequest = { MODE: 0, SET_EVENT: 1, RESET: 2, STATS: 3 } as const;

/** The argument of MODE: whether a run includes the runs of functions that it calls. */
export const ProfileMode = { INCLUSIVE: 0, EXCLUSIVE: 1 } as const;

/** Five words and two u64 precede the event counts. A word for the firmware's own use follows them. */
const EVENTS_AT = 36;
const LINK_BYTES = 4;

/** Bytes of a record with that number of PMU counters: the distance between records, which SHAPE reports. */
export function profileRecordBytes(counters: number): number {
  return EVENTS_AT + 8 * counters + LINK_BYTES;
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when a record has more or fewer event counts than there are counters. */
export function encodeProfile(records: readonly ProfileRecord[], counters: number): Uint8Array<ArrayBuffer> {
  const stride = profileRecordBytes(counters);
  const bytes = new Uint8Array(stride * records.length);
  const view = viewOf(bytes);
  records.forEach(({ address, caller, calls, minTicks, maxTicks, totalTicks, totalCycles, events }, index) => {
    if (events.length !== counters)
      throw new OpenMVError('INVALID_ARGUMENT', `a record needs ${counters} event counts, not ${events.length}`);
    const at = stride * index;
    const words = [address, caller, calls, minTicks, maxTicks];
    words.forEach((word, place) => view.setUint32(at + 4 * place, word, true));
    const totals = [totalTicks, totalCycles, ...events];
    totals.forEach((total, place) => view.setBigUint64(at + 20 + 8 * place, BigInt(Math.trunc(total)), true));
  });
  return bytes;
}

/**
 * Decodes records that are `stride` bytes apart. Extra bytes are allowed, because newer firmware may append fields.
 *
 * @param stride the second number of SHAPE
 * @param counters the PMU counters of SYS_INFO
 * @throws {OpenMVError} `MALFORMED` when a record does not fit its stride, or the last one is incomplete.
 */
export function decodeProfile(payload: Uint8Array, stride: number, counters: number): ProfileRecord[] {
  const needed = profileRecordBytes(counters);
  if (!(Number.isInteger(stride) && stride >= needed))
    throw new OpenMVError('MALFORMED', `a record of ${counters} PMU counters takes ${needed} bytes, not ${stride}`);
  if (payload.length % stride !== 0)
    throw new OpenMVError('MALFORMED', `records take a multiple of ${stride} bytes, not ${payload.length}`);
  const view = viewOf(payload);
  return Array.from({ length: payload.length / stride }, (_, index) => {
    const word = (place: number) => view.getUint32(stride * index + 4 * place, true);
    const total = (place: number) => Number(view.getBigUint64(stride * index + 20 + 8 * place, true));
    return {
      address: word(0),
      caller: word(1),
      calls: word(2),
      minTicks: word(3),
      maxTicks: word(4),
      totalTicks: total(0),
      totalCycles: total(1),
      events: Array.from({ length: counters }, (_, counter) => total(2 + counter)),
    };
  });
}
