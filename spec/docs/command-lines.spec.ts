import { readFileSync } from 'node:fs';
import { createProgram } from '../../lib/cli/program.js';
import { documents } from './links.js';

const program = createProgram();
const OF_ALL = ['--help', '--version'];

/** What follows `npx openmv-rx` in a text, up to the end of the line or of the code. */
const commandLinesIn = (text: string): string[] =>
  [...text.matchAll(/npx openmv-rx ([a-z][^`\n]*)/g)].map(([, line = '']) => line.trimEnd());

/** What the command line does not know of it: its command, or its options. */
function unknownIn(line: string): string[] {
  const [name = '', ...words] = line.split(/\s+/);
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) return [`${line}: there is no command ${name}`];
  const known = [...OF_ALL, ...command.options.map(({ long }) => long)];
  return words
    .filter((word) => word.startsWith('--') && !known.includes(word.split('=')[0] ?? ''))
    .map((word) => `${line}: there is no ${word}`);
}

describe('the command lines of the documents', () => {
  const lines = documents.flatMap((page) => commandLinesIn(readFileSync(page, 'utf8')));

  it('are there', () => {
    expect(lines.length).toBeGreaterThan(12);
  });

  it('have commands and options that there are', () => {
    expect(lines.flatMap(unknownIn)).toEqual([]);
  });

  it('would be found out', () => {
    const text = '`npx openmv-rx` has `npx openmv-rx frames --cout 3`, and\n```sh\nnpx openmv-rx film --virtual\n```\n';
    expect(commandLinesIn(text).flatMap(unknownIn)).toEqual([
      'frames --cout 3: there is no --cout',
      'film --virtual: there is no command film',
    ]);
  });
});
