import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { serialPort } from 'openmv-rx/serialport';
import { type Subscription } from 'rxjs';
import { interpreterCamera } from '../cli/interpreter-camera.js';
import { opening } from '../contracts/far-end.js';
import { expectOneLineFailure, jsonLines, run, start } from './command.js';
import { cameraEnd, type Pty, pty, temporaryFolder } from './pty.js';
import { startPrinting } from './support/printed-lines.js';

const THREE = 'N = 3  # param\nNAME = "round"  # param\nfor i in range(N):\n    print(NAME, i)\n';
const FOR_EVER = 'i = 0\nwhile True:\n    print("round", i)\n    i += 1\n    time.sleep_ms(20)\n';
const FAILING = 'print("first")\nraise ValueError("too dark")\n';

let folder: string;
let link: string;
let port: Pty;
let attached: Subscription;

const file = (name: string, script: string): string => {
  const path = join(folder, name);
  writeFileSync(path, script);
  return path;
};
const onPort = (...words: string[]): ReturnType<typeof run> => run([...words, '--port', link]);

beforeEach(async () => {
  folder = temporaryFolder();
  link = join(folder, 'camera');
  port = await pty(link);
  attached = interpreterCamera().attach(cameraEnd(port));
});

afterEach(async () => {
  attached.unsubscribe();
  await port.dispose();
  rmSync(folder, { recursive: true });
});

/** Whether a script runs there, which stops it. */
async function stopped(): Promise<unknown> {
  const [line] = jsonLines((await onPort('stop', '--json')).stdout);
  return line!['stopped'];
}

describe('openmv-rx run', () => {
  it('prints what the script prints, nothing of what was printed before, and ends with it', async () => {
    expect(await onPort('run', file('three.py', THREE))).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'round 0\r\nround 1\r\nround 2\r\n',
    });
    expect(await stopped()).toBe(false);
  });

  it('takes the script from standard input, and values for its parameters in their types', async () => {
    const words = ['run', '-', '--port', link, '--param', 'N=1', '--param', 'NAME=2'];
    expect(await run(words, { input: THREE })).toMatchObject({ code: 0, stderr: '', stdout: '2 0\r\n' });
  });

  it('is JSON lines with --json: what was uploaded, the text, the end', async () => {
    const { code, stdout } = await onPort('run', file('three.py', THREE), '--json');
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines[0]).toEqual({ uploaded: THREE.length });
    const printed = lines.slice(1, -1).map((line) => line['text']);
    expect(printed.join('')).toBe('round 0\r\nround 1\r\nround 2\r\n');
    expect(lines.at(-1)).toEqual({ ended: 'done' });
  });

  it('fails when the script does, with the exception and its line', async () => {
    const { code, stdout, stderr } = await onPort('run', file('failing.py', FAILING));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^first\r\nTraceback[^]*ValueError: too dark\r\n$/);
    expect(stderr).toBe('openmv-rx: the script failed: ValueError: too dark (<stdin>, line 2)\n');
    const lines = jsonLines((await onPort('run', file('failing.py', FAILING), '--json')).stdout);
    expect(lines.at(-1)).toEqual({
      ended: 'failed',
      type: 'ValueError',
      message: 'too dark',
      file: '<stdin>',
      line: 2,
    });
  });

  it('fails when the script does behind text that it has not ended with a line end', async () => {
    const script = 'print("first", end="")\nraise ValueError("too dark")\n';
    const { code, stdout, stderr } = await onPort('run', file('unfinished.py', script));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^firstTraceback[^]*ValueError: too dark\r\n$/);
    expect(stderr).toBe('openmv-rx: the script failed: ValueError: too dark (<stdin>, line 2)\n');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops the script with %s, tells that beside its text, and releases the port',
    async (signal) => {
      const { child, firstLine, finished } = start(['run', file('for-ever.py', FOR_EVER), '--port', link]);
      expect(await firstLine).toBe('round 0\r');
      child.kill(signal);
      const { code, stdout, stderr } = await finished;
      expect({ code, stderr }).toEqual({ code: 0, stderr: 'openmv-rx: the script was stopped\n' });
      expect(stdout).toMatch(/^(round \d+\r\n)+$/);
      const host = opening(serialPort(link));
      await host.connection;
      host.close();
      expect(await stopped()).toBe(false);
    },
  );

  it('stops the script when nobody reads its text any more, which is no failure', async () => {
    const { child, firstLine, finished } = start(['run', file('for-ever.py', FOR_EVER), '--port', link]);
    finished.catch(() => undefined); // of the output that is thrown away here
    const complaint = text(child.stderr!);
    await firstLine;
    child.stdout!.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await complaint).toBe('');
    expect(await stopped()).toBe(false);
  });

  it('leaves the script running with --no-wait', async () => {
    expect(await onPort('run', file('for-ever.py', FOR_EVER), '--no-wait')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const { stdout } = await onPort('watch', 'stdout', '--count', '2');
    expect(stdout).toMatch(/round \d+/);
    expect(await stopped()).toBe(true);
  });

  it('ends when the camera is unplugged', async () => {
    const { firstLine, finished } = start(['run', file('for-ever.py', FOR_EVER), '--port', link]);
    await firstLine;
    const unplugged = performance.now();
    port.unplug();
    const { code, stderr } = await finished;
    expect(performance.now() - unplugged).toBeLessThan(5000);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^openmv-rx: [^\n]+cable[^\n]+\n$/);
  });

  it('ends when the camera vanishes without a word, and so does watch', async () => {
    const camera = startPrinting('virtual', '--tcp', '0', '--udp', '0');
    const [{ tcp }, { udp }] = await Promise.all([camera.line('tcp'), camera.line('udp')]);
    const running = [
      start(['run', file('for-ever.py', FOR_EVER), '--tcp', tcp!, '--timeout', '2']),
      start(['watch', 'stdout', '--udp', udp!, '--timeout', '2']),
    ];
    await Promise.all(running.map(({ firstLine }) => firstLine));
    camera.child.kill('SIGSTOP');
    const vanished = performance.now();
    for (const { code, stderr } of await Promise.all(running.map(({ finished }) => finished)))
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/^openmv-rx: the camera has not answered for 2 s [^\n]+\n$/) as string,
      });
    expect(performance.now() - vanished).toBeLessThan(10_000);
    camera.child.kill('SIGKILL');
  });

  it('says that there is no such file', async () => {
    expectOneLineFailure(await run(['run', join(folder, 'missing.py'), '--virtual']), 'name a file, or -');
  });

  it.each([
    ['an empty script', '', []],
    ['a parameter that it does not have', THREE, ['--param', 'SPEED=1']],
    ['a value that is not of its type', THREE, ['--param', 'N=many']],
    ['a parameter without its value', THREE, ['--param', 'N']],
  ])('%s is wrong usage', async (_, input, words) => {
    const { code, stdout, stderr } = await run(['run', '-', '--virtual', ...words], { input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
  });
});

describe('openmv-rx stop', () => {
  it('stops the script that runs, and says when none did', async () => {
    const done = { code: 0, stderr: '' };
    expect(await onPort('stop')).toMatchObject({ ...done, stdout: 'the script was stopped\n' });
    expect(await onPort('stop')).toMatchObject({ ...done, stdout: 'no script is running\n' });
    expect(jsonLines((await onPort('stop', '--json')).stdout)).toEqual([{ stopped: false }]);
  });
});
