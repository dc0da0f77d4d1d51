import { OpenMVError } from '../../errors.js';
import { unreachable } from '../network-failure.js';

/** The end of a socket, as its close event reports it. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
  /** The error that `ws` reports before it. Browsers report none. */
  readonly error?: unknown;
}

/** The error for a socket that never opened: what happened, then what to try. Browsers hide the reason, so the message then lists several. */
export function refused(name: string, { code, reason, error }: Ending): OpenMVError {
  const message = textOf(error);
  const isSecure = name.startsWith('wss:');
  if (/response: 40[13]\b/.test(message))
    return unavailable(name, `refused this host (${message}): is the token right, and may this origin connect?`, error);
  if (/response: \d/.test(message))
    return unavailable(name, `is not a WebSocket (${message}): are its port and path right?`, error);
  if (isSecure && message !== '' && !isOfTheNetwork(error))
    return unavailable(
      name,
      `can't be reached securely (${message}): does the other end speak TLS, and is its certificate trusted here?`,
      error,
    );
  if (message !== '') return unreachable(name, error);
  const why = [reason, `code ${code}`].filter(Boolean).join(', ');
  const certificate = isSecure ? ', is its certificate trusted here' : '';
  return unavailable(
    name,
    `can't be connected to (${why}): is the other end running, is the address right${certificate}, and may this origin connect?`,
    error,
  );
}

/** The error for a socket that was open. */
export function closed(name: string, { code, reason, error }: Ending): OpenMVError {
  const message = textOf(error);
  const why = [message, reason, `code ${code}`].filter(Boolean).join(', ');
  return new OpenMVError('LINK_LOST', `${name}: the connection was closed (${why})`, { cause: error });
}

/** Does not use `instanceof Error`: in a test runner, Node's errors can come from another realm. */
function textOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}

function unavailable(name: string, what: string, cause: unknown): OpenMVError {
  return new OpenMVError('PORT_UNAVAILABLE', `${name} ${what}`, { cause });
}

/** Tells whether the system gave a reason that explains the failure, such as that nothing listens. */
function isOfTheNetwork(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^E(CONN|NOTFOUND|AI_|HOST|NET|ADDR|TIMEDOUT|ACCES|PERM)/.test(code);
}
