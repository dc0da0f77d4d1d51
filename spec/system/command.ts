import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The command as users run it; `npm run test:system` builds it first. */
export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What became of a command. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** A command under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** When it has printed a whole line. */
  readonly firstLine: Promise<string>;
}

/** Runs `openmv-rx` with these words, and `input` as its standard input. */
export function start(words: readonly string[], { input = '', env = process.env } = {}): Running {
  const begin = performance.now();
  const child = spawn(process.execPath, [MAIN, ...words], { env });
  child.stdin.end(input);
  const firstLine = new Promise<string>((resolve) => {
    let seen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes('\n')) resolve(seen.slice(0, seen.indexOf('\n')));
    });
  });
  const finished = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [code]]) => ({
      code: code as number | null,
      stdout,
      stderr,
      seconds: (performance.now() - begin) / 1000,
    }),
  );
  return { child, finished, firstLine };
}

/** Runs `openmv-rx` to its end. */
export function run(words: readonly string[], options?: Parameters<typeof start>[1]): Promise<Finished> {
  return start(words, options).finished;
}

/** The values of JSON lines; throws when anything else is among them. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Exit code 1, nothing on standard output, exactly one line on standard error, all within five seconds. */
export function expectOneLineFailure({ code, stdout, stderr, seconds }: Finished, says: string | RegExp): void {
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^openmv-rx: [^\n]+\n$/);
  expect(stderr).toMatch(says);
  expect(seconds).toBeLessThan(5);
}
