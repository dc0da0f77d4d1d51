import { parseArgs } from 'node:util';

export const usage = `Usage: npm run gateway -- [options]

Shares a camera among several hosts, by TCP. Without --port it is a virtual camera.

  --port PATH     the camera's serial port
  --listen PORT   where the hosts find it on this computer (default 5000; 0 takes a free one)
  --help          this text`;

/** The options of the command line. */
export interface Arguments {
  /** The serial port, or `undefined` for a virtual camera. */
  readonly port: string | undefined;
  readonly listen: number;
  readonly help: boolean;
}

/** An invalid command line; the message says why. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function parse(args: string[]): Arguments {
  const { port, listen, help } = valuesOf(args);
  if (port === '') throw new UsageError('--port needs the path of a serial port');
  if (!/^\d+$/.test(listen) || Number(listen) > 65_535)
    throw new UsageError(`--listen needs a whole number from 0 to 65535, not '${listen}'`);
  return { port, listen: Number(listen), help };
}

function valuesOf(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        listen: { type: 'string', default: '5000' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
