import { type ErrorCode, isOpenMVError, messageOf, type OpenMVError } from '../../errors.js';

const ADVICE: Partial<Record<ErrorCode, string>> = {
  LINK_LOST: 'check the cable or the network, and try again',
  TIMEOUT: 'a camera that is busy for longer needs a longer --timeout',
  OUTCOME_UNKNOWN: 'look at the camera before you try again',
  NO_SUCH_CHANNEL: '"openmv-rx channels" lists what the camera has',
  NOT_READABLE: '"openmv-rx channels" shows which channels can be read',
  NOT_WRITABLE: '"openmv-rx channels" shows which channels can be written',
  UNSUPPORTED_FIRMWARE: 'update the camera to firmware 5.0.0 or newer',
  MALFORMED: 'is it an OpenMV camera with firmware 5.0.0 or newer, or a recording of one?',
};

/** The advice for an error, where its message has none. */
export function adviceFor({ code }: OpenMVError): string | undefined {
  return ADVICE[code];
}

/** Joins a message and an advice into text that reads well. */
export function withAdvice(message: string, advice: string): string {
  if (!/[.?!]$/.test(message)) return `${message}; ${advice}`;
  return `${message} ${advice.charAt(0).toUpperCase()}${advice.slice(1)}`;
}

/** The one line on standard error: what went wrong and what to try. */
export function failureLine(error: unknown): string {
  const advice = isOpenMVError(error) ? adviceFor(error) : undefined;
  const message = messageOf(error).replace(/allow overwriting$/, 'use --overwrite');
  const line = advice === undefined ? message : withAdvice(message, advice);
  return `openmv-rx: ${line.replaceAll(/\s*\n\s*/g, ' ').trim()}`;
}
