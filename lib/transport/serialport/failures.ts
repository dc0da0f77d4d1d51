import { messageOf, OpenMVError } from '../../errors.js';

/** What systems say when a port can't be opened, and what a person can do about it. */
const REASONS: readonly (readonly [said: RegExp, meaning: string])[] = [
  [/cannot lock|busy|temporarily unavailable/i, 'is in use by another program: close that one (OpenMV IDE, a terminal, another openmv-rx) and try again'], // prettier-ignore
  // Only Windows says so, and nearly always because the port is open elsewhere: it has no permissions for ports.
  [/access (is )?denied/i, 'is in use by another program, or was not released yet (access denied): close that one (OpenMV IDE, a terminal, another openmv-rx), or unplug the camera and plug it in again'], // prettier-ignore
  [/permission denied|EACCES/i, 'may not be opened by you (permission denied): on Linux add yourself to its group, usually with "sudo usermod -aG dialout $USER", and log in again'], // prettier-ignore
  [/operation not permitted|EPERM/i, 'may not be opened by this program (operation not permitted): a container, a sandbox or the settings of the system keep it from devices; give it access to this one'], // prettier-ignore
  // ERROR_GEN_FAILURE and ERROR_SEM_TIMEOUT of Windows.
  [/input\/output error|\bEIO\b|error code (31|121)\b/i, 'is there, and its camera does not respond: unplug it, wait for a moment, plug it in again; try another cable or USB port if that does not help'], // prettier-ignore
  [/no such|not found|cannot find|ENOENT|ENXIO/i, 'does not exist: is the camera plugged in, and is this its port?'],
  [/inappropriate ioctl|is a directory|not a tty/i, 'is not a serial port'],
];

/** The error of a port that can't be opened, for people. */
export function unavailable(path: string, cause: unknown): OpenMVError {
  const said = messageOf(cause);
  const known = REASONS.find(([pattern]) => pattern.test(said));
  return new OpenMVError('PORT_UNAVAILABLE', `${path} ${known?.[1] ?? `can't be opened: ${said}`}`, { cause });
}
