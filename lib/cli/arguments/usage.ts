import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { isOpenMVError } from '../../errors.js';

/** The exit code of an error in the command line: 2 for wrong usage, 0 for a request for help. */
export function usageExitCode(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? 0 : 2;
}

/** Runs `work`, and turns `INVALID_ARGUMENT` into wrong usage. */
export function orWrongUsage<T>(command: Command, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isOpenMVError(error, 'INVALID_ARGUMENT')) command.error(`error: ${error.message}`);
    throw error;
  }
}

/** Returns a parser of whole numbers in a range. */
export function wholeNumber(from: number, to = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= from && number <= to) return number;
    throw new InvalidArgumentError(
      to === Number.MAX_SAFE_INTEGER
        ? `Use a whole number, ${from} or more.`
        : `Use a whole number from ${from} to ${to}.`,
    );
  };
}

/** One day. A timer of more than 24 days would fire at once. */
const MOST_SECONDS = 86_400;
const LEAST_SECONDS = 0.1;

/** Parses a time, `10` or `0.5`. */
export function seconds(value: string): number {
  const number = /^(\d+(\.\d+)?|\.\d+)$/.test(value) ? Number(value) : NaN;
  if (number >= LEAST_SECONDS && number <= MOST_SECONDS) return number;
  throw new InvalidArgumentError(`Use seconds from ${LEAST_SECONDS} to ${MOST_SECONDS}, as in 10 or 0.5.`);
}

/** Parses a share, `0.02` or `2%`. */
export function share(value: string): number {
  const [, number, percent] = /^(\d+(?:\.\d+)?|\.\d+)(%?)$/.exec(value) ?? [];
  const parsed = Number(number) / (percent === '%' ? 100 : 1);
  if (parsed >= 0 && parsed <= 1) return parsed;
  throw new InvalidArgumentError('Use a number from 0 to 1, as in 0.02, or percent, as in 2%.');
}

/** Parses `30/100`: a camera is busy for 30 of every 100 milliseconds. */
export function busyTimes(value: string): { ms: number; everyMs: number } {
  const [, ms, everyMs] = /^(\d{1,7})\/(\d{1,7})$/.exec(value) ?? [];
  if (ms === undefined || everyMs === undefined || Number(ms) >= Number(everyMs))
    throw new InvalidArgumentError('Use BUSY/PERIOD in milliseconds, as in 30/100; BUSY must be less than PERIOD.');
  return { ms: Number(ms), everyMs: Number(everyMs) };
}

/** Turns a parser into one for an option that may be repeated. */
export function each<T>(
  parse: (value: string) => T,
): (value: string, before: readonly T[] | undefined) => readonly T[] {
  return (value, before = []) => [...before, parse(value)];
}

/** Parses `320x240`. */
export function widthAndHeight(value: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(value) ?? [];
  if (!Number(width) || !Number(height))
    throw new InvalidArgumentError('Use width and height in pixels, as in 320x240.');
  return { width: Number(width), height: Number(height) };
}

/** Adds examples to the help of a command. Each works when it is pasted into a shell. */
export function withExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', ['\nExample:', ...lines.map((line) => `  ${line}`)].join('\n'));
}
