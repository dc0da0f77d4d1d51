import { setTimeout as pause } from 'node:timers/promises';
import { parse, usage, UsageError } from './arguments.js';
import { measurements } from './measurements/index.js';
import { reporter } from './reporter.js';

/** Runs what the command line asks for, to its end. The exit code is 1 when an answer was wrong. */
export async function main(args: string[]): Promise<void> {
  try {
    const { help, json, pace, names } = parse(args);
    if (help) {
      console.log(usage);
      return;
    }
    const report = reporter(json);
    for (const name of names) {
      report.section(name);
      for (const step of measurements[name](pace)) {
        try {
          for (const entry of await withinLimit(step())) report.entry(entry);
        } catch (error) {
          report.failure(error);
          process.exitCode = 1;
        }
      }
    }
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `bench: ${error.message}\n\n${usage}` : error);
    process.exitCode = isUsage ? 2 : 1;
  }
}

/** None takes longer; what hangs must not hang a machine that waits for it. */
const LONGEST_STEP_MS = 90_000;

async function withinLimit<T>(step: Promise<T>): Promise<T> {
  const over = new AbortController();
  const limit = pause(LONGEST_STEP_MS, undefined, over).then(() => {
    throw new Error(`it has not ended within ${LONGEST_STEP_MS / 1000} s`);
  });
  try {
    return await Promise.race([step, limit]);
  } finally {
    limit.catch(() => undefined);
    over.abort();
  }
}
