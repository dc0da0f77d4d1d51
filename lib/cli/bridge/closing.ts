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
