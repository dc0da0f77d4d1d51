import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readRecording } from 'openmv-rx/recording';
import { MAIN, run } from './command.js';
import { temporaryFolder } from './pty.js';

describe('record --channel', () => {
  it('fails for a channel that never appeared, and leaves the recording whole', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'one.mcap');
    const words = ['--channel', 'nope', '--channel', 'config:json'];
    const { code, stderr } = await run(['record', file, '--virtual', '--frames', '3', ...words]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^openmv-rx: the camera has no channel 'nope': .*lists the channels of the camera\n$/,
      ) as string,
    });
    const kinds: string[] = [];
    for await (const { kind } of readRecording(file)) kinds.push(kind);
    expect(kinds).toContain('value');
    expect(kinds.at(-1)).toBe('summary');
    rmSync(folder, { recursive: true });
  });
});

describe('record /dev/stdout', () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['a file', '"$0" "$1" record /dev/stdout --virtual --frames 3 --overwrite > "$2"'],
    ['a pipe', '"$0" "$1" record /dev/stdout --virtual --frames 3 | cat > "$2"'],
  ])('writes the recording and nothing else to %s, and the summary to standard error', async (_, line) => {
    const file = join(folder, 'out.mcap');
    const child = spawn('sh', ['-c', line, process.execPath, MAIN, file]);
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(stderr).toMatch(/^\/dev\/stdout: 3 frames[^\n]+\n$/);
    const kinds: string[] = [];
    for await (const { kind } of readRecording(file)) kinds.push(kind);
    expect(kinds[0]).toBe('camera');
    expect(kinds.filter((kind) => kind === 'frame')).toHaveLength(3);
    expect(kinds.at(-1)).toBe('summary');
  });
});
