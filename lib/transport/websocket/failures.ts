import { OpenMVError } from '../../errors.js';
import { unreachable } from '../network-failure.js';

/** What a socket says when it ends. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
  /** What `ws` says of an error before it; browsers say nothing. */
  readonly error?: unknown;
}

/** The error of a socket that never opened, for people. A page is not told why, so everything is asked. */
export function refused(name: string, { code, reason, error }: Ending): OpenMVError {
  const message = said(error);
  const isSecure = name.startsWith('wss:');
  if (/response: 40[13]\b/.test(message))
    return unavailable(name, `refuses this host (${message}): is its token right, and may this origin connect?`, error);
  if (/response: \d/.test(message))
    return unavailable(name, `is no WebSocket (${message}): is its port right, and its path?`, error);
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
    `can't be connected to (${why}): does the other end run, is its address right${certificate}, and may this origin connect?`,
    error,
  );
}

/** The error of a socket that was open, for people. */
export function closed(name: string, { code, reason, error }: Ending): OpenMVError {
  const message = said(error);
  const why = [message, reason, `code ${code}`].filter(Boolean).join(', ');
  return new OpenMVError('LINK_LOST', `${name}: the connection was closed (${why})`, { cause: error });
}

/** Not by its class: what Node throws is of another one where programs are tested in a realm of their own. */
function said(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : '';
}

function unavailable(name: string, what: string, cause: unknown): OpenMVError {
  return new OpenMVError('PORT_UNAVAILABLE', `${name} ${what}`, { cause });
}

/** Whether the system gave a reason that says all, such as that nothing listens. */
function isOfTheNetwork(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^E(CONN|NOTFOUND|AI_|HOST|NET|ADDR|TIMEDOUT|ACCES|PERM)/.test(code);
}
