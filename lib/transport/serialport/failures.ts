import { messageOf, OpenMVError } from '../../errors.js';

/** The messages of systems that can't open a port, what they mean, and what to try. */
const REASONS: readonly (readonly [message: RegExp, meaning: string])[] = [
  [/cannot lock|busy|temporarily unavailable/i, 'is in use by another program: close that program (OpenMV IDE, a terminal, another openmv-rx) and try again'], // prettier-ignore
  // Only Windows says this. It has no permissions for ports, so the port is nearly always open in another program.
  [/access (is )?denied/i, 'is in use by another program, or not released yet (access denied): close that program (OpenMV IDE, a terminal, another openmv-rx), or unplug the camera and plug it in again'], // prettier-ignore
  [/permission denied|EACCES/i, 'may not be opened by you (permission denied): on Linux, add yourself to its group, usually with "sudo usermod -aG dialout $USER", and log in again'], // prettier-ignore
  [/operation not permitted|EPERM/i, 'may not be opened by this program (operation not permitted): a container, a sandbox or the system settings block devices; give the program access to this one'], // prettier-ignore
  // ERROR_GEN_FAILURE and ERROR_SEM_TIMEOUT of Windows.
  [/input\/output error|\bEIO\b|error code (31|121)\b/i, 'exists, but its camera does not respond: unplug it, wait a moment and plug it in again; if that does not help, try another cable or USB port'], // prettier-ignore
  [/no such|not found|cannot find|ENOENT|ENXIO/i, 'does not exist: is the camera plugged in, and is this its port?'],
  [/inappropriate ioctl|is a directory|not a tty/i, 'is not a serial port'],
];

/** The error for a port that can't be opened: what happened, then what to try. */
export function unavailable(path: string, cause: unknown): OpenMVError {
  const message = messageOf(cause);
  const known = REASONS.find(([pattern]) => pattern.test(message));
  return new OpenMVError('PORT_UNAVAILABLE', `${path} ${known?.[1] ?? `can't be opened: ${message}`}`, { cause });
}
