import { createProgram } from '../../lib/cli/program.js';
import { usageExitCode } from '../../lib/cli/arguments/usage.js';
import { examplesOf, helpOf, wordsOf } from './help-texts.js';

const NAMES = [
  ['list', 'info', 'bench', 'doctor'],
  ['view', 'frames'],
  ['record', 'replay', 'inspect', 'export'],
  ['run', 'stop'],
  ['channels', 'read', 'write', 'watch'],
  ['bridge', 'virtual'],
].flat();

/** These wait for no camera. */
const WITHOUT_CAMERA = ['list', 'replay', 'inspect', 'export', 'virtual'];

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

  it('has a help text that fits in 80 columns', () => {
    expect(
      helpOf()
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  it('groups the commands by purpose', () => {
    const headings = helpOf()
      .split('\n')
      .filter((line) => /^[A-Z].*:$/.test(line));
    expect(headings).toEqual([
      'Options:',
      'Cameras:',
      'Frames:',
      'Recordings:',
      'Scripts:',
      'Channels:',
      'Serving cameras:',
      'Help:',
      'Example:',
    ]);
  });

  describe.each(NAMES)('%s', (name) => {
    it('accepts --json', () => {
      expect(helpOf(name)).toMatch(/^ +--json +print JSON lines$/m);
    });

    it('has a help text that fits in 80 columns and shows no empty default', () => {
      const help = helpOf(name);
      expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(help).not.toMatch(/default:\s+\[/);
    });

    it('ends its help with an example that can be parsed', async () => {
      const examples = examplesOf(helpOf(name));
      expect(examples.length).toBeGreaterThan(0);
      const runs = await Promise.all(examples.map((line) => parsed(wordsOf(line))));
      expect(runs.map((run) => run.name)).toContain(name);
    });
  });

  it.each(NAMES.filter((name) => !WITHOUT_CAMERA.includes(name)))(
    '%s says in its help how long a camera may be silent',
    (name) => {
      expect(helpOf(name)).toMatch(/--timeout <seconds> [^-]+\(default:\s+10\)/);
    },
  );

  it('parses its longest example as the example means it', async () => {
    const [line] = examplesOf(helpOf('run'));
    expect(await parsed(wordsOf(line!))).toEqual({
      name: 'run',
      options: { param: [{ name: 'N', value: '3' }], timeout: 10, virtual: true, wait: true },
    });
  });
});

describe('wrong usage', () => {
  /** What `openmv-rx` makes of these words. */
  async function outcome(words: string[]): Promise<{ code: number | undefined; stdout: string; stderr: string }> {
    const program = createProgram();
    const said = { stdout: '', stderr: '' };
    for (const command of [program, ...program.commands])
      command.configureOutput({
        writeOut: (text) => (said.stdout += text),
        writeErr: (text) => (said.stderr += text),
      });
    const error: unknown = await program.parseAsync(words, { from: 'user' }).catch((reason: unknown) => reason);
    return { code: usageExitCode(error), ...said };
  }

  it.each([
    ['no command', []],
    ['an unknown command', ['dance']],
    ['an unknown option', ['info', '--fast']],
    ['two cameras', ['info', '--port', 'x', '--virtual']],
    ['a port and an address', ['info', '--port', 'x', '--tcp', 'camera:5000']],
    ['two addresses', ['info', '--tcp', 'camera:5000', '--udp', 'camera']],
    ['an address and a virtual camera', ['info', '--udp', 'camera', '--virtual']],
    ['two addresses by different ways', ['info', '--tcp', 'camera:5000', '--ws', 'ws://x']],
    ['no WebSocket', ['info', '--ws', 'http://localhost:8787']],
    ['a rate of no serial port', ['info', '--virtual', '--baudrate', '9600']],
    ['no rate', ['info', '--port', 'x', '--baudrate', '0']],
    ['raw frames of no size', ['frames', '--virtual', '--raw', '0x0']],
    ['an address without its port', ['info', '--tcp', 'camera']],
    ['no address', ['info', '--udp', 'udp://camera']],
    ['an option without its value', ['info', '--port']],
    ['a missing argument', ['read', '--virtual']],
    ['too many arguments', ['info', 'me', '--virtual']],
    ['no time to wait', ['info', '--virtual', '--timeout', '0']],
    ['a count of none', ['frames', '--virtual', '--count', '0']],
    ['a layout without its byte order', ['watch', 'imu', '--virtual', '--layout', 'Q6f']],
    ['text by a layout', ['read', 'imu', '--virtual', '--layout', '<Q6f', '--text']],
    ['nothing to export', ['export', 'x.mcap']],
    ['an array of no numbers', ['export', 'x.mcap', '--npy', 'a', '--type', 'u128']],
    ['an array of no size', ['export', 'x.mcap', '--npy', 'a', '--type', 'u8', '--shape', '0']],
    ['an array of a shape without a type', ['export', 'x.mcap', '--npy', 'a', '--shape', '2']],
    ['a video of many files', ['export', 'x.mcap', '--video', 'p%d.png']],
    ['two forms', ['read', 'config', '--virtual', '--text', '--base64']],
    ['no port to serve', ['virtual']],
    ['a wrong size', ['virtual', '--pty', 'x', '--size', '320']],
    ['the same port twice', ['virtual', '--pty', 'x', '--pty', 'x']],
    ['no port of the network', ['virtual', '--tcp', '65536']],
    ['an unknown board', ['virtual', '--tcp', '0', '--board', 'H9']],
    ['an unknown format', ['virtual', '--tcp', '0', '--format', 'bmp']],
    ['pictures that no camera has', ['virtual', '--tcp', '0', '--size', '60000x60000']],
    ['no address to listen at', ['virtual', '--tcp', '0', '--host', 'http://me']],
    ['a host to listen at for nothing', ['virtual', '--pty', 'x', '--host', '0.0.0.0']],
    ['no address to replay at', ['replay', 'x.mcap', '--tcp', '0', '--host', 'http://me']],
    ['a recording at the same port twice', ['replay', 'x.mcap', '--pty', 'x', '--pty', 'x']],
    ['a loss of more than all', ['virtual', '--tcp', '0', '--loss', '101%']],
    ['a damage of less than nothing', ['virtual', '--tcp', '0', '--damage', '-0.1']],
    ['nothing to write', ['write', 'config', '', '--virtual']],
    ['no script', ['run', '--virtual']],
    ['a camera to list', ['list', '--virtual']],
    ['a page for other computers', ['view', '--virtual', '--listen', '0.0.0.0:8080']],
    ['a measurement of no time', ['bench', '--virtual', '--seconds', '0']],
  ])('%s: exit code 2, one reason, and nothing on standard output', async (_, words) => {
    const { code, stdout, stderr } = await outcome(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    // Without a command there is nothing wrong but that: all of them are shown.
    expect(stderr).toMatch(words.length === 0 ? /^Usage: / : /^error: [^\n]+\n$/);
  });
});
