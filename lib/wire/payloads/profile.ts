import { OpenMVError } from '../../errors.js';
import { viewOf } from './layout.js';

/** What a profiling camera has counted of one function (PROTOCOL 10). Numbers above 2⁵³ are not exact. */
export interface ProfileRecord {
  /** Of the function, as in the firmware's symbols; bit 0, the Thumb bit, may be set. */
  readonly address: number;
  /** Of where it was called from last. */
  readonly caller: number;
  /** How often it was called. */
  readonly calls: number;
  /** Of its shortest run, in µs; 0xFFFFFFFF until the first has ended. */
  readonly minTicks: number;
  /** Of its longest run, in µs. */
  readonly maxTicks: number;
  /** Of all its runs, in µs. */
  readonly totalTicks: number;
  /** Processor cycles of all its runs. */
  readonly totalCycles: number;
  /** What each PMU counter counted in all its runs. */
  readonly events: readonly number[];
}

/** The `minTicks` of a function of which no run has ended yet. */
export const UNMEASURED_TICKS = 0xffffffff;

/** The ioctls of the channel `profile`. STATS is refused by today's firmware. */
export const ProfileRequest = { MODE: 0, SET_EVENT: 1, RESET: 2, STATS: 3 } as const;

/** What the ioctl MODE chooses: whether a run includes those of the functions that it calls. */
export const ProfileMode = { INCLUSIVE: 0, EXCLUSIVE: 1 } as const;

/** Five words and two u64 stand before the event counts, and a word, the firmware's own link, behind them. */
const EVENTS_AT = 36;
const LINK_BYTES = 4;

/** Bytes of a record with so many PMU counters: what SHAPE says, and the distance from one record to the next. */
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
      throw new OpenMVError('INVALID_ARGUMENT', `a record of ${counters} PMU counters can't have ${events.length}`);
    const at = stride * index;
    const words = [address, caller, calls, minTicks, maxTicks];
    words.forEach((word, place) => view.setUint32(at + 4 * place, word, true));
    const totals = [totalTicks, totalCycles, ...events];
    totals.forEach((total, place) => view.setBigUint64(at + 20 + 8 * place, BigInt(Math.trunc(total)), true));
  });
  return bytes;
}

/**
 * The records as they stand, `stride` bytes apart. Firmware that appends fields is still understood.
 *
 * @param stride the second number of SHAPE
 * @param counters the PMU counters of SYS_INFO
 * @throws {OpenMVError} `MALFORMED` when a record does not fit its stride, or the last is torn.
 */
export function decodeProfile(payload: Uint8Array, stride: number, counters: number): ProfileRecord[] {
  const needed = profileRecordBytes(counters);
  if (!(Number.isInteger(stride) && stride >= needed))
    throw new OpenMVError('MALFORMED', `a record of ${counters} PMU counters takes ${needed} bytes, not ${stride}`);
  if (payload.length % stride !== 0)
    throw new OpenMVError('MALFORMED', `records take a multiple of ${stride} bytes, these are ${payload.length}`);
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
