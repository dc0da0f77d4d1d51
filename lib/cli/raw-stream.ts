import { finalize, ignoreElements, merge, type Observable, take } from 'rxjs';
import type { Camera } from '../index.js';

/**
 * Has the camera send frames that are not compressed, of this size, while `work` goes on, and as before when that is over, however it
 * ended: the camera would keep it for the next host.
 */
export function withRawFrames<T>(
  camera: Camera,
  raw: { readonly width: number; readonly height: number } | undefined,
  work: Observable<T>,
): Observable<T> {
  if (raw === undefined) return work;
  return merge(camera.stream({ raw }).pipe(ignoreElements()), work).pipe(finalize(() => restore(camera)));
}

function restore(camera: Camera): void {
  camera.state$.pipe(take(1)).subscribe(({ state }) => {
    // Don't reopen a lost link just to restore the setting.
    if (state === 'ready') camera.stream({ raw: false }).subscribe({ error: () => undefined });
  });
}
