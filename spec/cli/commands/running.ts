import { jest } from '@jest/globals';
import { createProgram } from '../../../lib/cli/program.js';

/** What came of a command that was run in this process. */
export interface Ran {
  readonly stdout: string;
  readonly error: unknown;
}

/** Runs `openmv-rx` with these words to its end. */
export async function ran(...words: string[]): Promise<Ran> {
  let stdout = '';
  const writing = jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true));
  try {
    const program = createProgram();
    for (const command of [program, ...program.commands])
      command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    const error: unknown = await program.parseAsync(words, { from: 'user' }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return { stdout, error };
  } finally {
    writing.mockRestore();
  }
}
