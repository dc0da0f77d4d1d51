import { catchError, concatMap, defer, EMPTY, map, merge, type Observable, takeWhile } from 'rxjs';
import { isOpenMVError } from '../errors.js';
import { type Camera, lines } from '../index.js';
import { type LayoutArgument, type Printable, recordLine } from './layout-argument.js';
import { lineOf, shownBytes } from './shown-bytes.js';

/** One line of `watch`: the number of an event, or a value. */
export type Happening =
  | { readonly event: number }
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly values: readonly Printable[] };

/** Options of watching one channel. */
export interface WatchSettings {
  /** The layout of the channel's records. Each of them is a value of its own. */
  readonly layout?: LayoutArgument;
  /**
   * Ends it after so many values: lines of `stdout`, records where there is a layout, and readings of other channels. Events
   * are not counted, unless the channel can't be read, so that it has nothing else.
   */
  readonly count?: number;
}

/** The events and values of a channel as they come. Of `stdout` it is the text: as it comes, or with a count its lines. */
export function happenings(camera: Camera, name: string, { layout, count }: WatchSettings): Observable<Happening> {
  if (name === 'stdout') {
    if (count === undefined) return camera.stdout$.pipe(map((text) => ({ text })));
    return camera.stdout$.pipe(
      lines(),
      map((line) => ({ text: `${line}\n` })),
      takeWhile((_, index) => index + 1 < count, true),
    );
  }
  return defer(() => {
    const channel = camera.channel(name);
    let isReadable = true;
    let left = count ?? Infinity;
    const values$ = channel.value$.pipe(
      concatMap((bytes): readonly Happening[] =>
        layout === undefined
          ? [shownBytes(bytes, 'fitting')]
          : layout.records(bytes, name).map((values) => ({ values })),
      ),
      catchError((error: unknown) => {
        if (!isOpenMVError(error, 'NOT_READABLE')) throw error;
        isReadable = false;
        return EMPTY;
      }),
    );
    const events$ = channel.events$.pipe(map(({ event }): Happening => ({ event })));
    const isCounted = (happening: Happening): boolean => !('event' in happening) || !isReadable;
    return merge(events$, values$).pipe(takeWhile((one) => !(isCounted(one) && --left === 0), true));
  });
}

/** The same as a line for people. */
export function happeningLine(name: string, happening: Happening): string {
  if ('event' in happening) return `${name}: event ${happening.event}`;
  return `${name}: ${'values' in happening ? recordLine(happening.values) : lineOf(happening)}`;
}
