import { CommanderError } from 'commander';
import { createProgram } from '../../lib/cli/program.js';

/** What the command, or a command of it, says of itself. */
export function helpOf(...words: string[]): string {
  let said = '';
  const program = createProgram();
  for (const command of [program, ...program.commands])
    command.configureOutput({ writeOut: (text) => (said += text), getOutHelpWidth: () => 80 });
  expect(() => program.parse([...words, '--help'], { from: 'user' })).toThrow(CommanderError);
  return said;
}

/** The lines of a help text that are to be pasted into a shell. */
export function examplesOf(help: string): string[] {
  const [, lines = ''] = /\nExample:\n((?: {2}.+\n)+)$/.exec(help) ?? [];
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What a shell makes of such a line: the words behind `openmv-rx`, without what is piped into it. */
export function wordsOf(line: string): string[] {
  const at = line.lastIndexOf('openmv-rx ');
  return [...line.slice(at).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!).slice(1);
}
