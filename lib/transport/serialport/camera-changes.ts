import { catchError, defer, EMPTY, map, mergeAll, type Observable, repeat, type SchedulerLike, timer } from 'rxjs';
import type { OpenMVError } from '../../errors.js';
import type { CameraPort } from './list-cameras.js';

/** A camera that was plugged in or unplugged. */
export interface CameraChange {
  readonly kind: 'arrived' | 'departed';
  readonly port: CameraPort;
  /** All cameras that were plugged in when the change was noticed, sorted by path. */
  readonly present: readonly CameraPort[];
}

/** Options of {@link cameraChanges}. */
export interface CameraChangesOptions {
  /** Emits the cameras that are plugged in, once. Errors if the system can't list them. */
  readonly list: () => Observable<readonly CameraPort[]>;
  readonly periodMs: number;
  readonly onUnlistable: (error: OpenMVError) => void;
  readonly scheduler: SchedulerLike;
}

/** Emits the differences between each list and the one before it. A failed list changes nothing, and the first in a row is reported. */
export function cameraChanges({
  list,
  periodMs,
  onUnlistable,
  scheduler,
}: CameraChangesOptions): Observable<CameraChange> {
  return defer(() => {
    let present: readonly CameraPort[] = [];
    let failing = false;
    return defer(list).pipe(
      map((now) => {
        const before = present;
        present = now;
        failing = false;
        return changes(before, now);
      }),
      catchError((error: OpenMVError) => {
        if (!failing) onUnlistable(error);
        failing = true;
        return EMPTY;
      }),
      mergeAll(),
      repeat({ delay: () => timer(periodMs, scheduler) }),
    );
  });
}

/** Departures come first, because another camera may have arrived at the same path. */
function changes(before: readonly CameraPort[], present: readonly CameraPort[]): CameraChange[] {
  const missingIn = (ports: readonly CameraPort[]) => (port: CameraPort) => !ports.some((one) => isSame(one, port));
  return [
    ...before.filter(missingIn(present)).map((port) => ({ kind: 'departed' as const, port, present })),
    ...present.filter(missingIn(before)).map((port) => ({ kind: 'arrived' as const, port, present })),
  ];
}

function isSame(one: CameraPort, other: CameraPort): boolean {
  return (
    one.path === other.path &&
    one.board === other.board &&
    one.serialNumber === other.serialNumber &&
    one.bootloader === other.bootloader
  );
}
