import { requireArgument } from '../../arguments.js';
import type { ProfileRecord } from '../../wire/payloads/profile.js';
import { withoutThumb } from './firmware-symbols.js';

/**
 * What happened between two readings of a profile: the later counts less the earlier ones, of the functions that ran.
 *
 * The shortest and the longest run are those of the later reading, for they can't be subtracted. A profile that was reset
 * in between, which shows in counts that went back, is all new: the later reading itself.
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
    requireArgument(Array.isArray(profile), 'profileDifference takes two profiles', profile);
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
