import type { Command } from 'commander';

/** Ends the help of a command with lines that work when they are pasted into a shell. */
export function withExample(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', ['\nExample:', ...lines.map((line) => `  ${line}`)].join('\n'));
}
