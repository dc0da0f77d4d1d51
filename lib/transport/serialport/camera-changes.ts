import { catchError, defer, EMPTY, map, mergeAll, type Observable, repeat, type SchedulerLike, timer } from 'rxjs';
import type { OpenMVError } from '../../errors.js';
import type { CameraPort } from './camera-ports.js';

/** A camera that was plugged in or unplugged. */
export interface CameraChange {
  readonly kind: 'arrived' | 'departed';
  readonly port: CameraPort;
  /** All cameras that were plugged in when this was noticed, sorted by path. */
  readonly present: readonly CameraPort[];
}

/** What {@link cameraChanges} needs of the world. */
export interface CameraChangesOptions {
  /** Emits what is plugged in, once; errors where that can't be known. */
  readonly list: () => Observable<readonly CameraPort[]>;
  /** From the answer of one look to the next look. */
  readonly periodMs: number;
  readonly onUnlistable: (error: OpenMVError) => void;
  readonly scheduler: SchedulerLike;
}

/** Looks, compares with the last look, waits, and looks again. A look that fails changes nothing, and is told the first time. */
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

/** Who went first, for another camera may have come at the same path. */
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
