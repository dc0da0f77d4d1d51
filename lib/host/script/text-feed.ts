import { catchError, defer, EMPTY, filter, map, merge, of, share, tap, throwError, type Observable } from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import type { ChannelAccess } from '../channel/channel-access.js';
import { ConsoleText } from './console-text.js';
import { keepLatest } from '../../signals/keep-latest.js';
import { readAll } from '../channel/transfer.js';

/** What the camera prints, read when it says that there is text, while somebody listens. */
export function consoleText(access: ChannelAccess): Observable<string> {
  return defer(() => {
    const text = new ConsoleText();
    return access
      .whileThere('stdout', (session) =>
        merge(of('look'), session.eventsOf('stdout')).pipe(
          // The camera tells every 50 ms while there is text, so a reading that failed is made up for (PROTOCOL 9).
          keepLatest(() => access.operate('stdout', (now, { id }) => readAll(now, id)).pipe(catchError(passing))),
        ),
      )
      .pipe(
        map((bytes) => text.push(bytes)),
        tap(({ framesTooLarge }) => {
          for (let i = 0; i < framesTooLarge; i++) access.report('stdout', 'frame-too-large');
        }),
        map((piece) => piece.text),
        filter((piece) => piece !== ''),
      );
  }).pipe(share());
}

function passing(error: unknown): Observable<never> {
  const theirs = isOpenMVError(error, 'MALFORMED') || isOpenMVError(error, 'TOO_LARGE');
  return theirs ? throwError(() => error) : EMPTY;
}
