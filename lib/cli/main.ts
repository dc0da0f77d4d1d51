#!/usr/bin/env node
import { red } from './output/output.js';
import { failureLine } from './output/failure.js';
import { hasNoReader } from './output/interruption.js';
import { createProgram } from './program.js';
import { usageExitCode } from './arguments/usage.js';

let failed = false;

function fail(error: unknown): void {
  if (!failed) process.stderr.write(`${red(failureLine(error), process.stderr)}\n`);
  failed = true;
  process.exitCode = 1;
}

// A reader that stops reading (`| head`) is not a failure. A full disk is one, and may be reported last.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!hasNoReader(error, stream)) fail(error);
  });
}

try {
  await createProgram().parseAsync();
} catch (error) {
  const usage = usageExitCode(error);
  if (usage === undefined) fail(error);
  else process.exitCode = usage;
}
