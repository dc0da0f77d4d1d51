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
 * Nothing but their bytes tells what channels are for, so each that may hold widgets is read once, when it is there.
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
  const asked = new Map<number, Observable<boolean>>();
  const holds = ({ name, id }: ChannelInfo): Observable<boolean> => {
    const answer = asked.get(id) ?? holdsWidgets(camera, name).pipe(shareReplay(1));
    asked.set(id, answer);
    return answer;
  };
  return camera.channels$.pipe(
    switchMap((channels) => {
      const possible = channels.filter(mayHoldWidgets);
      // What has gone may come again under its id as something else.
      for (const id of asked.keys()) if (!possible.some((channel) => channel.id === id)) asked.delete(id);
      const answers = possible.map((channel) => holds(channel).pipe(map((yes) => (yes ? [channel.name] : []))));
      return combineLatest(answers).pipe(
        defaultIfEmpty<string[][], string[][]>([]),
        map((names) => names.flat()),
      );
    }),
  );
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
