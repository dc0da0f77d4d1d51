import { CommanderError, InvalidArgumentError } from 'commander';

/** The exit code where the command line itself was the matter: 2 for a wrong one, 0 for a request for help. */
export function usageExitCode(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? 0 : 2;
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

/** Parses `320x240`. */
export function widthAndHeight(value: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(value) ?? [];
  if (!Number(width) || !Number(height)) throw new InvalidArgumentError('Width and height in pixels, as in 320x240.');
  return { width: Number(width), height: Number(height) };
}
