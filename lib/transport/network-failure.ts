import { messageOf, OpenMVError } from '../errors.js';

/** The error of a camera that can't be reached, for people: what it is, and what to try. */
export function unreachable(name: string, cause: unknown): OpenMVError {
  const why = UNREACHABLE[codeOf(cause)] ?? `can't be reached: ${messageOf(cause)}`;
  return new OpenMVError('PORT_UNAVAILABLE', `${name} ${why}`, { cause });
}

/** The error of an address that can't be listened at. */
export function unservable(name: string, cause: unknown): OpenMVError {
  const why = UNSERVABLE[codeOf(cause)] ?? `can't be listened at: ${messageOf(cause)}`;
  return new OpenMVError('PORT_UNAVAILABLE', `${name} ${why}`, { cause });
}

const UNKNOWN_NAME = "has a name that is not known here: check its spelling, or take the camera's address";
const NO_WAY = "can't be reached from here: is the camera on, and in the same network?";

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses: nothing listens there. Does the camera, or what serves it, run, and is this its port?',
  ENOTFOUND: UNKNOWN_NAME,
  EAI_AGAIN: UNKNOWN_NAME,
  EHOSTUNREACH: NO_WAY,
  EHOSTDOWN: NO_WAY,
  ENETUNREACH: NO_WAY,
  ENETDOWN: NO_WAY,
  EADDRNOTAVAIL: NO_WAY,
  ETIMEDOUT: 'does not answer: is the camera on, and in the same network?',
  EACCES: 'may not be contacted: is it the address of one camera, and does a firewall allow it?',
  EPERM: 'may not be contacted: does a firewall forbid it?',
};

const UNSERVABLE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program: end that one, or take another port',
  EADDRNOTAVAIL: 'is not an address of this computer',
  ENOTFOUND: 'is not an address of this computer',
  EACCES: 'may not be taken by you: ports below 1024 often need special rights',
};

function codeOf(cause: unknown): string {
  return String((cause as { code?: unknown } | null | undefined)?.code);
}
