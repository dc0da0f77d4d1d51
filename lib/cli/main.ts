#!/usr/bin/env node
import { red } from './colours.js';
import { failureLine } from './failure.js';
import { createProgram } from './program.js';
import { usageExitCode } from './usage.js';

let failed = false;

function fail(error: unknown): void {
  if (!failed) process.stderr.write(`${red(failureLine(error), process.stderr)}\n`);
  failed = true;
  process.exitCode = 1;
}

// That nobody reads any more is no failure; that the disk is full is one, and may come when all else is done.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') fail(error);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  const usage = usageExitCode(error);
  if (usage === undefined) fail(error);
  else process.exitCode = usage;
}
