import { readFileSync } from 'node:fs';

/** A script and what the real interpreter did with it: see spec/captures/README.md. */
export interface RecordedScript {
  readonly name: string;
  readonly script: string;
  /** All of it, unless there was too much. */
  readonly stdout?: string;
  /** Its beginning and its end, in words. */
  readonly stdoutAbout?: string;
}

export const recordedScripts: readonly RecordedScript[] = readFileSync(
  new URL('../captures/scripts.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((row) => JSON.parse(row) as RecordedScript);

export function recordedScript(name: string): RecordedScript & { readonly stdout: string } {
  const found = recordedScripts.find((script) => script.name === name);
  if (found?.stdout === undefined) throw new Error(`no recorded script '${name}' has its text whole`);
  return { ...found, stdout: found.stdout };
}

/** The banner that the interpreter printed after each of them. */
export const BANNER = recordedScript('ends').stdout;
