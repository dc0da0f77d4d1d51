import { requireArgument } from '../../arguments.js';
import type { ProfileRecord } from '../../wire/payloads/profile.js';
import { withoutThumb } from './firmware-symbols.js';

/**
 * Computes a profile of the time between two readings: the later counts minus the earlier ones, for the functions that ran.
 *
 * The shortest and the longest run are those of the later reading, because they can't be subtracted. If a count is lower than before, the profile was reset in
 * between, and the result is the later reading.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` if a reading is not an array.
 *
 * @example
 * ```ts
 * import { flatProfile, profileDifference, type ProfileRecord } from 'openmv-rx/profile';
 *
 * const busiest = (before: readonly ProfileRecord[], after: readonly ProfileRecord[]) =>
 *   flatProfile(profileDifference(before, after))[0];
 * ```
 */
export function profileDifference(
  before: readonly ProfileRecord[],
  after: readonly ProfileRecord[],
): readonly ProfileRecord[] {
  for (const profile of [before, after])
    requireArgument(Array.isArray(profile), 'profileDifference needs two profiles', profile);
  const later = new Map(after.map((record) => [withoutThumb(record.address), record]));
  const wasReset = before.some((record) => (later.get(withoutThumb(record.address))?.calls ?? -1) < record.calls);
  if (wasReset) return after;
  const earlier = new Map(before.map((record) => [withoutThumb(record.address), record]));
  return after
    .map((record) => since(record, earlier.get(withoutThumb(record.address))))
    .filter(({ calls }) => calls > 0);
}

function since(now: ProfileRecord, then: ProfileRecord | undefined): ProfileRecord {
  if (then === undefined) return now;
  return {
    ...now,
    calls: now.calls - then.calls,
    totalTicks: now.totalTicks - then.totalTicks,
    totalCycles: now.totalCycles - then.totalCycles,
    events: now.events.map((count, counter) => count - (then.events[counter] ?? 0)),
  };
}
