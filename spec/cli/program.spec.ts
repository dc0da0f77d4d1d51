import { createProgram } from '../../lib/cli/program.js';
import { examplesOf, helpOf, wordsOf } from './help-texts.js';

const NAMES = [
  ['list', 'info', 'bench'],
  ['view', 'frames', 'record', 'replay'],
  ['run', 'stop'],
  ['channels', 'read', 'write', 'watch'],
  ['bridge', 'virtual'],
].flat();

/** The command that these words run, which does nothing here, and the options that it would have got. */
async function parsed(words: string[]): Promise<{ name: string; options: Record<string, unknown> }> {
  const program = createProgram();
  let run: { name: string; options: Record<string, unknown> } | undefined;
  for (const command of program.commands)
    command.action(() => void (run = { name: command.name(), options: command.opts() }));
  await program.parseAsync(words, { from: 'user' });
  return run!;
}

describe('the command openmv-rx', () => {
  it('has these commands', () => {
    expect(createProgram().commands.map((command) => command.name())).toEqual(NAMES);
  });

  it('groups them by what they are for', () => {
    const headings = helpOf()
      .split('\n')
      .filter((line) => /^[A-Z].*:$/.test(line));
    expect(headings).toEqual([
      'Options:',
      'Cameras:',
      'Pictures:',
      'Scripts:',
      'Channels:',
      'Cameras for other programs:',
      'Help:',
      'Example:',
    ]);
  });

  describe.each(NAMES)('%s', (name) => {
    it('takes --json', () => {
      expect(helpOf(name)).toMatch(/^ +--json +print JSON lines$/m);
    });

    it('ends its help with an example of itself, which is parsed', async () => {
      const examples = examplesOf(helpOf(name));
      expect(examples.length).toBeGreaterThan(0);
      const runs = await Promise.all(examples.map((line) => parsed(wordsOf(line))));
      expect(runs.map((run) => run.name)).toContain(name);
    });
  });

  it('means what it says in its longest example', async () => {
    const [line] = examplesOf(helpOf('run'));
    expect(await parsed(wordsOf(line!))).toEqual({
      name: 'run',
      options: { param: [{ name: 'N', value: '3' }], virtual: true, wait: true },
    });
  });
});
