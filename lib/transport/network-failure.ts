import { messageOf, OpenMVError } from '../errors.js';

/** The error for a camera that can't be reached: what happened, then what to try. */
export function unreachable(name: string, cause: unknown): OpenMVError {
  const why = UNREACHABLE[codeOf(cause)] ?? `can't be reached: ${messageOf(cause)}`;
  return new OpenMVError('PORT_UNAVAILABLE', `${name} ${why}`, { cause });
}

/** The error for an address that a server can't listen on. */
export function unservable(name: string, cause: unknown): OpenMVError {
  const why = UNSERVABLE[codeOf(cause)] ?? `can't be used for listening: ${messageOf(cause)}`;
  return new OpenMVError('PORT_UNAVAILABLE', `${name} ${why}`, { cause });
}

/** The error of a server, before or after it has begun to listen. */
export function serverFailure(name: string, cause: unknown, listening: boolean): OpenMVError {
  if (!listening) return unservable(name, cause);
  return new OpenMVError('LINK_LOST', `${name} stopped listening: ${messageOf(cause)}`, { cause });
}

const UNKNOWN_NAME = "has an unknown host name: check the spelling, or use the camera's IP address";
const NO_WAY = "can't be reached: is the camera on, and on the same network?";

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection: is the camera (or its server) running, and is the port right?',
  ENOTFOUND: UNKNOWN_NAME,
  EAI_AGAIN: UNKNOWN_NAME,
  EHOSTUNREACH: NO_WAY,
  EHOSTDOWN: NO_WAY,
  ENETUNREACH: NO_WAY,
  ENETDOWN: NO_WAY,
  EADDRNOTAVAIL: NO_WAY,
  ETIMEDOUT: 'did not answer: is the camera on, and on the same network?',
  EACCES: 'may not be contacted: is it the address of a single camera, and does your firewall allow it?',
  EPERM: 'may not be contacted: does your firewall allow it?',
};

const UNSERVABLE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program: end that program, or use another port',
  EADDRNOTAVAIL: 'is not an address of this computer',
  ENOTFOUND: 'is not an address of this computer',
  EACCES: 'needs more rights than you have: try a port above 1023',
};

function codeOf(cause: unknown): string {
  return String((cause as { code?: unknown } | null | undefined)?.code);
}
