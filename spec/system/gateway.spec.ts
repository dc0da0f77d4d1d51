import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { jsonLines, run } from './command.js';

/** As `npm run gateway -- …` starts it. */
function start(...words: string[]) {
  const child = spawn(process.execPath, [
    fileURLToPath(new URL('../../samples/gateway/start.mjs', import.meta.url)),
    ...words,
  ]);
  const finished = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
    ([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number | null }),
  );
  return { child, finished };
}

describe('the gateway as a program', () => {
  it('shares a virtual camera among three commands at once, and ends at Ctrl-C', async () => {
    const { child, finished } = start('--listen', '0');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const [, address = ''] = /at (127\.0\.0\.1:\d+) /.exec(line.toString()) ?? [];
    const all = await Promise.all([1, 2, 3].map(() => run(['frames', '--tcp', address, '--count', '5', '--json'])));
    for (const { code, stderr, stdout } of all) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(jsonLines(stdout).at(-1)).toMatchObject({ frames: 5 });
    }
    expect(jsonLines((await run(['info', '--tcp', address, '--json'])).stdout)[0]).toMatchObject({
      board: 'OpenMV Cam H7',
    });
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
  });

  it('says in one line that its camera is not there', async () => {
    expect(await start('--port', '/dev/no-such-port').finished).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^gateway: \/dev\/no-such-port does not exist[^\n]*\n$/) as string,
    });
  });

  it('ends with exit code 2 and says how it is used when the command line makes no sense', async () => {
    const { code, stdout, stderr } = await start('--nonsense').finished;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: npm run gateway');
  });
});
