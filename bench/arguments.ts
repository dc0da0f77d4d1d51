import { parseArgs } from 'node:util';
import { isName, NAMES, type Name } from './measurements/index.js';
import { FULL, QUICK, type Pace } from './pace.js';

export const usage = `Usage: npm run bench -- [options] [${NAMES.join('] [')}]

Measures what is named, or everything. Each answer is checked: after a wrong one the exit code is 1.

  --quick   about 20 s in all: shows that it runs, and orders of magnitude
  --json    one JSON object a result, and nothing else on standard output (npm run --silent bench -- --json)
  --help    this text`;

/** What the command line asked for. */
export interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly pace: Pace;
  readonly names: readonly Name[];
}

/** A command line that makes no sense; its message says why. */
export class UsageError extends Error {}

/** @throws {UsageError} */
export function parse(args: string[]): Arguments {
  const { values, positionals } = parsed(args);
  const names = positionals.map((name) => {
    if (!isName(name)) throw new UsageError(`there is no measurement '${name}'`);
    return name;
  });
  return {
    help: values.help,
    json: values.json,
    pace: values.quick ? QUICK : FULL,
    names: names.length > 0 ? names : NAMES,
  };
}

function parsed(args: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ args, allowPositionals: true, options: { quick: flag, json: flag, help: flag } });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
