import { fromEvent, takeUntil, timer } from 'rxjs';
import type { WebSocket } from 'ws';
import { messageOf } from '../../errors.js';

/** Why a WebSocket is closed: a code, and a reason for people. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/**
 * The codes of a bridge. Those of its own end as HTTP's statuses of the same meaning, so that a page, which sees nothing
 * of an HTTP answer, can tell them apart.
 */
export const CloseCode = {
  /** The bridge is ended. */
  GOING_AWAY: 1001,
  /** A text message came. */
  TEXT: 1003,
  WRONG_TOKEN: 4401,
  FOREIGN_ORIGIN: 4403,
  /** Another host has the camera. */
  IN_USE: 4409,
  /** The host does not take what the camera sends. */
  TOO_SLOW: 4429,
  /** The camera can't be opened, or was lost. */
  NO_CAMERA: 4502,
} as const;

/** Ends a host's time with the camera. */
export class HostRefused extends Error implements Closing {
  constructor(
    readonly code: number,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** The code and reason that a host is sent for an error. */
export function closingFor(error: unknown): Closing {
  if (error instanceof HostRefused) return error;
  return { code: CloseCode.NO_CAMERA, reason: messageOf(error) };
}

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
