import { parseArgs } from 'node:util';

export const usage = `Usage: npm run recorder -- record FOLDER [options]
       npm run recorder -- inspect FILE

  record      every frame of one or more cameras, with their text, events and motion, until Ctrl-C
  inspect     what is in a file

  --port PATH      a camera's serial port; once for each camera; without it two virtual cameras
  --seconds N      end after so long (default: never)
  --split-mb N     begin the next file at so many megabytes (default: 100)
  --help           this text`;

/** The options of the command line. */
export type Arguments =
  | { readonly task: 'help' }
  | { readonly task: 'inspect'; readonly file: string }
  | {
      readonly task: 'record';
      readonly folder: string;
      readonly ports: readonly string[];
      readonly seconds: number;
      readonly splitBytes: number;
    };

/** An invalid command line; the message says why. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function parse(args: string[]): Arguments {
  const { values, positionals } = parsed(args);
  const [task, path, more] = positionals;
  if (values.help) return { task: 'help' };
  if ((task !== 'record' && task !== 'inspect') || path === undefined || more !== undefined)
    throw new UsageError(`name record and a folder, or inspect and a file, not '${positionals.join(' ')}'`);
  if (task === 'inspect') return { task, file: path };
  return {
    task,
    folder: path,
    ports: values.port,
    seconds: values.seconds === undefined ? Infinity : positive('--seconds', values.seconds),
    splitBytes: positive('--split-mb', values['split-mb']) * 1e6,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        port: { type: 'string', multiple: true, default: [] },
        seconds: { type: 'string' },
        'split-mb': { type: 'string', default: '100' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (text !== '' && value > 0 && value < Infinity) return value;
  throw new UsageError(`${option} needs a number above 0, not '${text}'`);
}
