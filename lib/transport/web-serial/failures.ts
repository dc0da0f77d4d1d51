import { messageOf, OpenMVError } from '../../errors.js';

/** The error for a platform without Web Serial. */
export function unsupported(name: string): OpenMVError {
  const { isSecureContext } = globalThis as { isSecureContext?: boolean };
  return unavailable(
    name,
    isSecureContext === false
      ? 'only pages from https: or localhost have it, and this page is from elsewhere'
      : 'this browser does not have it: use Chrome, Edge or Opera on a computer, and a page from https: or localhost',
  );
}

/** The error for a camera that was not chosen. */
export function unchosen(name: string, cause: unknown): OpenMVError {
  switch (nameOf(cause)) {
    case 'NotFoundError':
      return unavailable(name, "no camera was chosen: plug one in, and choose it in the browser's list", cause);
    case 'SecurityError':
      return unavailable(
        name,
        `the browser may not ask for a camera now (${messageOf(cause)}): subscribe in a click handler, in a page that may use serial ports`,
        cause,
      );
    default:
      return unavailable(name, `can't list the cameras: ${messageOf(cause)}`, cause);
  }
}

/** The error for a worker, which can't ask the user. */
export function ungranted(name: string): OpenMVError {
  return unavailable(
    name,
    "no camera has been granted, and a worker can't ask: call requestCameraPort() in the page, in a click handler",
  );
}

/** The error for a port that can't be opened. */
export function unopened(name: string, cause: unknown): OpenMVError {
  switch (nameOf(cause)) {
    case 'InvalidStateError':
      return unavailable(name, 'the camera is already in use by this page', cause);
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

/** The error for a port that was open. */
export function lost(name: string, cause?: unknown): OpenMVError {
  const why = cause === undefined ? '' : ` (${messageOf(cause)})`;
  const message = `${name}: the camera went away${why}: was it unplugged, or did it restart?`;
  return new OpenMVError('LINK_LOST', message, { cause });
}

function unavailable(name: string, what: string, cause?: unknown): OpenMVError {
  return new OpenMVError('PORT_UNAVAILABLE', `${name}: ${what}`, { cause });
}

/** The name of a `DOMException`. */
function nameOf(cause: unknown): unknown {
  return (cause as { name?: unknown } | undefined)?.name;
}
