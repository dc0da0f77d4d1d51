import { type ErrorCode, isOpenMVError, messageOf, type OpenMVError } from '../../errors.js';

const ADVICE: Partial<Record<ErrorCode, string>> = {
  LINK_LOST: 'check the cable or the network, and try again',
  TIMEOUT: 'if the camera is busy for longer, set a longer --timeout',
  OUTCOME_UNKNOWN: 'check the camera before you try again',
  NO_SUCH_CHANNEL: '"openmv-rx channels" lists the channels of the camera',
  NOT_READABLE: '"openmv-rx channels" shows which channels can be read',
  NOT_WRITABLE: '"openmv-rx channels" shows which channels can be written',
  UNSUPPORTED_FIRMWARE: 'update the camera to firmware 5.0.0 or newer',
  MALFORMED: 'is it an OpenMV camera with firmware 5.0.0 or newer, or a recording of one?',
};

/** The advice for an error whose message has none. */
export function adviceFor({ code }: OpenMVError): string | undefined {
  return ADVICE[code];
}

/** Appends advice to a message, with matching punctuation. */
export function withAdvice(message: string, advice: string): string {
  if (!/[.?!]$/.test(message)) return `${message}; ${advice}`;
  return `${message} ${advice.charAt(0).toUpperCase()}${advice.slice(1)}`;
}

/** The one line on standard error: what happened, then what to try. */
export function failureLine(error: unknown): string {
  const advice = isOpenMVError(error) ? adviceFor(error) : undefined;
  const message = messageOf(error).replace(/say that it may be overwritten$/, '--overwrite');
  const line = advice === undefined ? message : withAdvice(message, advice);
  return `openmv-rx: ${line.replaceAll(/\s*\n\s*/g, ' ').trim()}`;
}
