import { fromEvent, takeUntil, timer } from 'rxjs';
import type { WebSocket } from 'ws';
import type { Closing } from './closing.js';

/** How long a host may take to say goodbye. */
const PATIENCE_MS = 1000;
/** The most bytes of a control frame, without the code. */
const MOST_REASON_BYTES = 123;

/** Closes a host's connection, also one that is paused or does not answer, and tells it why. */
export function sendAway(host: WebSocket, { code, reason }: Closing): void {
  timer(PATIENCE_MS)
    .pipe(takeUntil(fromEvent(host, 'close')))
    .subscribe(() => host.terminate());
  host.resume();
  host.close(code, fitting(reason));
}

/** As much of a text as a close frame has room for. */
function fitting(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_REASON_BYTES) return text;
  const room = bytes.subarray(0, MOST_REASON_BYTES - Buffer.byteLength('…'));
  // A character that was cut in two is dropped.
  return `${room.toString().replace(/\uFFFD+$/, '')}…`;
}
