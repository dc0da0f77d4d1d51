import { parseArgs } from 'node:util';

/** The programs of this sample. */
export type Program = 'motion' | 'join' | 'exposure';

const PROGRAMS: readonly string[] = ['motion', 'join', 'exposure'];

export const usage = `Usage: npm run pipeline -- motion | join | exposure [options]

  motion      where something moves in the picture, told to the camera as well
  join        each frame with how the camera was held
  exposure    a control loop that steers the exposure by the histogram

  --port PATH   the camera's serial port; without it a virtual camera
  --count N     end after so many lines (default: never)
  --help        this text`;

/** The options of the command line. */
export interface Arguments {
  readonly program: Program;
  /** The serial port, or `undefined` for a virtual camera. */
  readonly port: string | undefined;
  readonly count: number;
  readonly help: boolean;
}

/** An invalid command line; the message says why. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function parse(args: string[]): Arguments {
  const { values, positionals } = parsed(args);
  const { port, count, help } = values;
  const [program = '', more] = positionals;
  if (help) return { program: 'motion', port, count: 0, help };
  if (!PROGRAMS.includes(program) || more !== undefined)
    throw new UsageError(`name one of ${PROGRAMS.join(', ')}, not '${positionals.join(' ')}'`);
  if (port === '') throw new UsageError('--port needs the path of a serial port');
  if (count !== undefined && !/^[1-9]\d*$/.test(count))
    throw new UsageError(`--count needs a whole number from 1 on, not '${count}'`);
  return { program: program as Program, port, count: count === undefined ? Infinity : Number(count), help };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { port: { type: 'string' }, count: { type: 'string' }, help: { type: 'boolean', default: false } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
