import { type Camera, type ChannelInfo } from 'openmv-rx';
import { decodeWidgets } from 'openmv-rx/widgets';
import {
  catchError,
  combineLatest,
  defaultIfEmpty,
  distinctUntilChanged,
  EMPTY,
  filter,
  map,
  of,
  shareReplay,
  switchMap,
  take,
  type Observable,
} from 'rxjs';

/**
 * The names of the camera's channels that hold widgets, whenever that changes. The last ones stay while there is no link.
 *
 * Only the bytes of a channel show whether it contains widgets, so each candidate is read once, when it appears.
 */
export function widgetChannels(camera: Camera): Observable<readonly string[]> {
  return camera.state$.pipe(
    map(({ state }) => state === 'ready'),
    distinctUntilChanged(),
    filter((ready) => ready),
    switchMap(() => inThisSession(camera).pipe(catchError(() => EMPTY))),
    distinctUntilChanged((a, b) => a.join('\n') === b.join('\n')),
  );
}

function inThisSession(camera: Camera): Observable<readonly string[]> {
  const asked = new Map<string, Observable<boolean>>();
  const holds = (channel: ChannelInfo): Observable<boolean> => {
    const answer = asked.get(keyOf(channel)) ?? holdsWidgets(camera, channel.name).pipe(shareReplay(1));
    asked.set(keyOf(channel), answer);
    return answer;
  };
  return camera.channels$.pipe(
    switchMap((channels) => {
      const possible = channels.filter(mayHoldWidgets);
      // A channel that disappeared may return with other contents.
      const present = new Set(possible.map(keyOf));
      for (const key of asked.keys()) if (!present.has(key)) asked.delete(key);
      const answers = possible.map((channel) => holds(channel).pipe(map((yes) => (yes ? [channel.name] : []))));
      return combineLatest(answers).pipe(
        defaultIfEmpty<string[][], string[][]>([]),
        map((names) => names.flat()),
      );
    }),
  );
}

function keyOf({ id, name }: ChannelInfo): string {
  return `${id} ${name}`;
}

/**
 * A script's `CBORChannel` is read, and written by whoever moves a slider of it, and is no more than that. Reading others may take
 * something away: the frame of `stream` and of channels like it, the records of `imu`, what `stdout` and `profile` hold. These
 * are only read, or have a lock.
 */
export function mayHoldWidgets({ readable, writable, lockable }: ChannelInfo): boolean {
  return readable && writable && !lockable;
}

function holdsWidgets(camera: Camera, name: string): Observable<boolean> {
  return camera
    .channel(name)
    .read()
    .pipe(
      take(1),
      map((bytes) => {
        const widgets = decodeWidgets(bytes, name);
        return bytes.length > 0 && (widgets.length === 0 || widgets.some(({ type }) => type !== 'malformed'));
      }),
      // It is something else, or can't be read now.
      catchError(() => of(false)),
      defaultIfEmpty(false),
    );
}
