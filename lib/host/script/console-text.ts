import { catchError, defer, EMPTY, filter, map, merge, of, share, tap, throwError, type Observable } from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import { keepLatest } from '../../signals/keep-latest.js';
import type { ChannelAccess } from '../channel/channel-access.js';
import { readAll } from '../channel/transfer.js';
import { FRAME_TOO_LARGE, FRAME_TOO_LARGE_PATTERN } from '../../wire/payloads/index.js';

// Browsers and Node both have it, but the core is compiled without the types of either.
declare const TextDecoder: new (
  encoding: string,
  options: { ignoreBOM: boolean },
) => { decode(bytes: Uint8Array, options: { stream: boolean }): string };

/** The text that the camera's scripts print. It is read when the camera sends an event, while there are subscribers. */
export function consoleText(access: ChannelAccess): Observable<string> {
  return defer(() => {
    const text = new ConsoleText();
    return access
      .whileRegistered('stdout', (session, channelId) =>
        merge(of('begin'), session.eventsOf('stdout').pipe(filter(({ kind }) => kind === 'text-ready'))).pipe(
          // The camera repeats the event every 50 ms while it has text, so a failed reading is repeated, too (PROTOCOL 9).
          keepLatest(() =>
            access.operate('stdout', (now, { id }) => readAll(now, id)).pipe(catchError(ignoreTransient)),
          ),
          map((bytes) => text.push(bytes)),
          tap(({ framesTooLarge }) => {
            for (let i = 0; i < framesTooLarge; i++) session.report('stdout', channelId, 'frame-too-large');
          }),
        ),
      )
      .pipe(
        map((piece) => piece.text),
        filter((piece) => piece !== ''),
      );
  }).pipe(share());
}

function ignoreTransient(error: unknown): Observable<never> {
  const isFatal = isOpenMVError(error, 'MALFORMED') || isOpenMVError(error, 'TOO_LARGE');
  return isFatal ? throwError(() => error) : EMPTY;
}

const LONGEST_MARKER = FRAME_TOO_LARGE.replace('\n', '\r\n');

/** The text of one reading. */
export interface ConsolePiece {
  readonly text: string;
  /** The number of overflow markers that were removed from the text. */
  readonly framesTooLarge: number;
}

/** Decodes text from readings that may split a character or an overflow marker. Holds the split part. */
export class ConsoleText {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #held = '';

  push(bytes: Uint8Array): ConsolePiece {
    const parts = (this.#held + this.#decoder.decode(bytes, { stream: true })).split(FRAME_TOO_LARGE_PATTERN);
    const text = parts.join('');
    const cut = cutMarker(text);
    this.#held = text.slice(text.length - cut);
    return { text: text.slice(0, text.length - cut), framesTooLarge: parts.length - 1 };
  }
}

/** The number of characters at the end that may begin a marker. */
function cutMarker(text: string): number {
  for (let length = LONGEST_MARKER.length - 1; length > 0; length--) {
    if (text.endsWith(LONGEST_MARKER.slice(0, length))) return length;
  }
  return 0;
}
