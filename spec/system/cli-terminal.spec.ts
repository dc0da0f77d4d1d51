import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { MAIN } from './command.js';

/** What a command leaves on a terminal; `interrupt` is pressed as Ctrl-C when that was shown. */
async function onTerminal(
  words: string[],
  { interrupt, env = {} }: { interrupt?: RegExp; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const command = [process.execPath, MAIN, ...words].join(' ');
  const terminal = spawn('socat', [`EXEC:${command},pty,setsid,ctty,stderr`, 'STDIO'], {
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', ...env },
  });
  let shown = '';
  terminal.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    if (interrupt?.test(shown) && terminal.stdin.writable) terminal.stdin.end('\u0003');
  });
  const all = text(terminal.stdout);
  await once(terminal, 'close');
  return all;
}

const BAR = /[█░]{24}/;
const ESCAPE = '\u001b';

/** What a person still sees of what was written: a line that was cleared is gone. */
const left = (shown: string): string =>
  stripVTControlCharacters(
    shown
      .split('\n')
      .map((line) => line.slice(Math.max(line.lastIndexOf('\u001b[2K'), 0)))
      .join('\n'),
  ).replaceAll('\r', '');

describe('on a terminal', () => {
  it('frames show a bar while they come, and leave none behind', async () => {
    const shown = await onTerminal(['frames', '--virtual', '--count', '20']);
    expect(shown).toMatch(BAR);
    expect(shown).toMatch(/\d+ of 20 frames/);
    const lines = left(shown).trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.join('\n')).not.toMatch(/[█░]|of 20/);
    expect(lines.at(-1)).toMatch(/^20 frames, \d+ bytes/);
  });

  it('bench shows what it measures, and leaves a table', async () => {
    const shown = await onTerminal(['bench', '--virtual', '--seconds', '1', '--channel', 'config']);
    expect(shown).toMatch(/[█░]{24} {2}measuring frames/);
    expect(shown).toContain('\u001b[1mopening');
    const lines = left(shown).trimEnd().split('\n');
    const names = ['opening', 'round trips', 'frames', 'reading', 'link'];
    expect(lines.map((line) => line.slice(0, 13))).toEqual(names.map((name) => name.padEnd(13)));
    expect(lines[3]).toMatch(/ [\d.e-]+ MB\/s, config of \d+ bytes$/);
  });

  it('Ctrl-C clears the bar, and the failure is red', async () => {
    const shown = await onTerminal(['frames', '--virtual', '--count', '10000'], { interrupt: BAR });
    expect(shown).toContain('\u001b[31mopenmv-rx: interrupted before it was done\u001b[39m');
    expect(left(shown)).not.toMatch(/[█░]/);
    expect(shown).not.toContain('\u001b[?25l'); // the cursor was never hidden
  });

  it('programs get no bar and no colours even there', async () => {
    const shown = await onTerminal(['frames', '--virtual', '--count', '20', '--json']);
    expect(shown).not.toContain(ESCAPE);
    expect(shown.trimEnd().split('\n')).toHaveLength(21);
  });

  it('names are bold, and nothing is coloured for who wants that', async () => {
    expect(await onTerminal(['info', '--virtual'])).toMatch(/^\u001b\[1mboard +\u001b\[22m/);
    const plain = await onTerminal(['info', '--virtual'], { env: { NO_COLOR: '1' } });
    expect(plain).toMatch(/^board/);
    expect(plain).not.toContain(ESCAPE);
  });

  it('wrong usage is red, and not for who wants that', async () => {
    expect(await onTerminal(['dance'])).toMatch(/^\u001b\[31merror: unknown command 'dance'\u001b\[39m\r\n$/);
    expect(await onTerminal(['dance'], { env: { NO_COLOR: '1' } })).toBe("error: unknown command 'dance'\r\n");
  });
});
