import { fromEvent, takeUntil, timer } from 'rxjs';
import type { WebSocket } from 'ws';
import { messageOf } from '../../errors.js';

/** Why a WebSocket is closed: a code, and a reason for people. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/**
 * The close codes of a bridge. Its own codes end like the HTTP status of the same meaning, because a page can't see an
 * HTTP status.
 */
export const CloseCode = {
  /** The bridge was stopped. */
  GOING_AWAY: 1001,
  /** The host sent a text message. */
  TEXT: 1003,
  WRONG_TOKEN: 4401,
  FOREIGN_ORIGIN: 4403,
  /** Another host is using the camera. */
  IN_USE: 4409,
  /** The host does not read fast enough. */
  TOO_SLOW: 4429,
  /** The camera can't be opened, or was lost. */
  NO_CAMERA: 4502,
} as const;

/** The error that disconnects a host. */
export class HostRefused extends Error implements Closing {
  constructor(
    readonly code: number,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** Returns the code and reason that an error sends to a host. */
export function closingFor(error: unknown): Closing {
  if (error instanceof HostRefused) return error;
  return { code: CloseCode.NO_CAMERA, reason: messageOf(error) };
}

/** The timeout for a host to close its connection. */
const CLOSE_TIMEOUT_MS = 1000;
/** The most bytes of a control frame, without the code. */
const MOST_REASON_BYTES = 123;

/** Closes a host's connection with a reason, even if it is paused or does not answer. */
export function disconnect(host: WebSocket, { code, reason }: Closing): void {
  timer(CLOSE_TIMEOUT_MS)
    .pipe(takeUntil(fromEvent(host, 'close')))
    .subscribe(() => host.terminate());
  host.resume();
  host.close(code, fitting(reason));
}

/** Cuts a text to the length of a close frame. */
function fitting(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_REASON_BYTES) return text;
  const beginning = bytes.subarray(0, MOST_REASON_BYTES - Buffer.byteLength('…'));
  // Drop a character that was cut in two.
  return `${beginning.toString().replace(/\uFFFD+$/, '')}…`;
}
