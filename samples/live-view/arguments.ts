import { parseArgs } from 'node:util';

export const usage = `Usage: npm start -- [options]

Shows what a camera sees, on a page in the browser. Without --port it is a virtual camera.

  --port PATH     the camera's serial port
  --listen PORT   where the page is served on this computer (default 8080; 0 takes a free one)
  --frames N      no page: reads N frames, says what they are, and ends
  --json          with --frames: one JSON line a frame, and one for all of them
  --help          this text`;

/** The options of the command line. */
export interface Arguments {
  /** The serial port, or `undefined` for a virtual camera. */
  readonly port: string | undefined;
  readonly task: { kind: 'help' } | { kind: 'page'; listen: number } | { kind: 'frames'; count: number; json: boolean };
}

/** An invalid command line; the message says why. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function parse(args: string[]): Arguments {
  const { port, listen, frames, json, help } = valuesOf(args);
  if (help) return { port, task: { kind: 'help' } };
  if (port === '') throw new UsageError('--port needs the path of a serial port');
  if (frames === undefined) {
    if (json) throw new UsageError('--json goes with --frames');
    return { port, task: { kind: 'page', listen: wholeNumber('--listen', listen ?? '8080', 0, 65_535) } };
  }
  if (listen !== undefined) throw new UsageError('--frames shows no page, so --listen makes no sense with it');
  return { port, task: { kind: 'frames', count: wholeNumber('--frames', frames, 1, Number.MAX_SAFE_INTEGER), json } };
}

function valuesOf(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        listen: { type: 'string' },
        frames: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`${option} needs a whole number from ${least} to ${most}, not '${text}'`);
}
