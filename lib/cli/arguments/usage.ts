import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { isOpenMVError } from '../../errors.js';

/** The exit code where the command line itself was the matter: 2 for a wrong one, 0 for a request for help. */
export function usageExitCode(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? 0 : 2;
}

/** Runs `work`; an argument that it finds wrong is wrong usage. */
export function orWrongUsage<T>(command: Command, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isOpenMVError(error, 'INVALID_ARGUMENT')) command.error(`error: ${error.message}`);
    throw error;
  }
}

/** A parser of options that are whole numbers, `from` to `to`. */
export function wholeNumber(from: number, to = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= from && number <= to) return number;
    throw new InvalidArgumentError(
      to === Number.MAX_SAFE_INTEGER ? `A whole number from ${from}.` : `A whole number from ${from} to ${to}.`,
    );
  };
}

/** A platform's timer that is asked for more than 24 days ends at once; a day is enough. */
const MOST_SECONDS = 86_400;
const LEAST_SECONDS = 0.1;

/** Parses a time, `10` or `0.5`. */
export function seconds(value: string): number {
  const number = /^(\d+(\.\d+)?|\.\d+)$/.test(value) ? Number(value) : NaN;
  if (number >= LEAST_SECONDS && number <= MOST_SECONDS) return number;
  throw new InvalidArgumentError(`Seconds, as in 10 or 0.5: from ${LEAST_SECONDS} to ${MOST_SECONDS}.`);
}

/** Parses a share of something, `0.02` or `2%`. */
export function share(value: string): number {
  const [, number, percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(value) ?? [];
  const parsed = Number(number) / (percent === '%' ? 100 : 1);
  if (parsed >= 0 && parsed <= 1) return parsed;
  throw new InvalidArgumentError('From 0 to 1, as in 0.02, or in percent, as in 2%.');
}

/** Parses `30/100`: milliseconds of each period that a camera is busy. */
export function busyTimes(value: string): { ms: number; everyMs: number } {
  const [, ms, everyMs] = /^(\d{1,7})\/(\d{1,7})$/.exec(value) ?? [];
  if (ms === undefined || everyMs === undefined || Number(ms) >= Number(everyMs))
    throw new InvalidArgumentError('Milliseconds busy of each period, fewer than these, as in 30/100.');
  return { ms: Number(ms), everyMs: Number(everyMs) };
}

/** Makes of a parser one for an option that may be given several times. */
export function each<T>(
  parse: (value: string) => T,
): (value: string, before: readonly T[] | undefined) => readonly T[] {
  return (value, before = []) => [...before, parse(value)];
}

/** Parses `320x240`. */
export function widthAndHeight(value: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(value) ?? [];
  if (!Number(width) || !Number(height)) throw new InvalidArgumentError('Width and height in pixels, as in 320x240.');
  return { width: Number(width), height: Number(height) };
}

/** Ends the help of a command with lines that work when they are pasted into a shell. */
export function withExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', ['\nExample:', ...lines.map((line) => `  ${line}`)].join('\n'));
}
