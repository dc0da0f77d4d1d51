import { messageOf, OpenMVError } from '../../errors.js';

/** The error of a platform without Web Serial. */
export function unsupported(name: string): OpenMVError {
  const { isSecureContext } = globalThis as { isSecureContext?: boolean };
  return unavailable(
    name,
    isSecureContext === false
      ? 'only pages that came by https: or from localhost have it, and this one did not'
      : 'it is not here: Chrome, Edge and Opera on a computer have it, for pages that came by https: or from localhost',
  );
}

/** The error of a choice that was not made. */
export function unchosen(name: string, cause: unknown): OpenMVError {
  switch (nameOf(cause)) {
    case 'NotFoundError':
      return unavailable(name, "no camera was chosen: plug one in, and choose it in the browser's list", cause);
    case 'SecurityError':
      return unavailable(
        name,
        `it may not be asked for now (${messageOf(cause)}): subscribe in the handler of a click, in a page that may use serial ports`,
        cause,
      );
    default:
      return unavailable(name, `the cameras are not known: ${messageOf(cause)}`, cause);
  }
}

/** The error of a worker, which can't ask. */
export function ungranted(name: string): OpenMVError {
  return unavailable(
    name,
    "no camera has been granted, and a worker can't ask: call requestCameraPort() in the page, in the handler of a click",
  );
}

/** The error of a port that does not open. */
export function unopened(name: string, cause: unknown): OpenMVError {
  switch (nameOf(cause)) {
    case 'InvalidStateError':
      return unavailable(name, 'the camera is in use by this page already', cause);
    case 'NetworkError':
      return unavailable(
        name,
        `the camera can't be opened (${messageOf(cause)}): is it in use by another tab or program, such as OpenMV IDE? On Linux, are you in the group of its port, usually dialout?`,
        cause,
      );
    default:
      return unavailable(name, `the camera can't be opened: ${messageOf(cause)}`, cause);
  }
}

/** The error of a port that was open. */
export function lost(name: string, cause?: unknown): OpenMVError {
  const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
  const message = `${name}: the camera went away${why}: was it unplugged, or has it restarted?`;
  return new OpenMVError('LINK_LOST', message, { cause });
}

function unavailable(name: string, what: string, cause?: unknown): OpenMVError {
  return new OpenMVError('PORT_UNAVAILABLE', `${name}: ${what}`, { cause });
}

/** As a `DOMException` has one. */
function nameOf(cause: unknown): unknown {
  return (cause as { name?: unknown } | undefined)?.name;
}
