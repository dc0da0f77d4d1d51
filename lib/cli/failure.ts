import { type ErrorCode, isOpenMVError, messageOf, type OpenMVError } from '../errors.js';

const ADVICE: Partial<Record<ErrorCode, string>> = {
  LINK_LOST: 'check the cable or the network, and try again',
  TIMEOUT: 'a camera that is busy for longer needs a longer --timeout',
  OUTCOME_UNKNOWN: 'look at the camera before you try again',
  NO_SUCH_CHANNEL: '"openmv-rx channels" lists what the camera has',
  NOT_READABLE: '"openmv-rx channels" shows which channels can be read',
  NOT_WRITABLE: '"openmv-rx channels" shows which channels can be written',
  UNSUPPORTED_FIRMWARE: 'update the camera to firmware 5.0.0 or newer',
  FILE_EXISTS: '--overwrite says that',
  MALFORMED: 'is it an OpenMV camera with firmware 5.0.0 or newer, or a recording of one?',
};

/** What to try, where the message of the error does not say it already. */
export function adviceFor({ code }: OpenMVError): string | undefined {
  return ADVICE[code];
}

/** The one line on standard error: what went wrong and what to try. */
export function failureLine(error: unknown): string {
  const advice = isOpenMVError(error) ? adviceFor(error) : undefined;
  const line = advice === undefined ? messageOf(error) : `${messageOf(error)}; ${advice}`;
  return `openmv-rx: ${line.replaceAll(/\s*\n\s*/g, ' ').trim()}`;
}
