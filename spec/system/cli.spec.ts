import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { serialPort } from 'openmv-rx/serialport';
import { opening } from '../contracts/far-end.js';
import { expectOneLineFailure, jsonLines, MAIN, run, type Running, start } from './command.js';
import { temporaryFolder } from './pty.js';

let folder: string;
let link: string;
let server: Running;

beforeAll(async () => {
  folder = temporaryFolder();
  link = join(folder, 'camera');
  server = start(['virtual', '--pty', link, '--size', '160x120', '--fps', '50', '--json']);
  expect(JSON.parse(await server.firstLine)).toEqual({ pty: link });
});

afterAll(async () => {
  server.child.kill('SIGINT');
  expect((await server.finished).code).toBe(0);
  expect(existsSync(link)).toBe(false);
  rmSync(folder, { recursive: true });
});

const onPort = (...words: string[]): ReturnType<typeof run> => run([...words, '--port', link]);

/** A port that a program still holds can't be opened. */
async function expectReleased(): Promise<void> {
  const host = opening(serialPort(link));
  await host.connection;
  host.close();
}

describe('info', () => {
  it('shows what the camera is', async () => {
    const { code, stdout, stderr } = await onPort('info');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^board +OpenMV/);
    expect(stdout).toMatch(/^firmware +5\.0\.0$/m);
    await expectReleased();
  });

  it('is one JSON value with --json', async () => {
    const lines = jsonLines((await onPort('info', '--json')).stdout);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ board: 'OpenMV Cam H7', firmware: '5.0.0', protocol: '1.0.2', sensors: ['5640'] });
  });

  it('takes a virtual camera inside the command', async () => {
    const { code, stdout } = await run(['info', '--virtual', '--json']);
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toHaveLength(1);
  });
});

describe('channels', () => {
  it('lists them', async () => {
    const { code, stdout, stderr } = await onPort('channels');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ 2 {2}stdout +read$/m);
    expect(jsonLines((await onPort('channels', '--json')).stdout).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['stdin', 'stdout', 'stream', 'config', 'frame']),
    );
  });
});

describe('frames', () => {
  it('prints a line a frame and a summary', async () => {
    const { code, stdout, stderr } = await onPort('frames', '--count', '5');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[4]).toMatch(/^frame 5 {2}160x120 jpeg {2}\d+ bytes$/);
    expect(lines[5]).toMatch(/^5 frames, \d+ bytes in [\d.]+ s: [\d.]+ fps$/);
  });

  it('saves each frame and overwrites nothing unless it is told to', async () => {
    const output = join(folder, 'frames');
    const { code, stdout } = await onPort('frames', '--count', '3', '--output', output, '--json');
    expect(code).toBe(0);
    expect(readdirSync(output)).toEqual(['frame-000001.jpg', 'frame-000002.jpg', 'frame-000003.jpg']);
    const [first, , , summary] = jsonLines(stdout);
    const file = join(output, 'frame-000001.jpg');
    expect(first).toMatchObject({
      frame: 1,
      width: 160,
      height: 120,
      format: 'jpeg',
      file,
      bytes: statSync(file).size,
    });
    expect([...readFileSync(file).subarray(0, 2)]).toEqual([0xff, 0xd8]);
    expect(summary).toMatchObject({ frames: 3 });

    writeFileSync(file, 'precious');
    expectOneLineFailure(await onPort('frames', '--count', '1', '--output', output), '--overwrite');
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect((await onPort('frames', '--count', '1', '--output', output, '--overwrite')).code).toBe(0);
    expect(statSync(file).size).toBeGreaterThan(100);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends with %s: summary printed, port released', async (signal) => {
    const { child, firstLine, finished } = start(['frames', '--port', link, '--json']);
    await firstLine;
    child.kill(signal);
    const { code, stdout, stderr } = await finished;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = jsonLines(stdout);
    expect(lines.at(-1)).toMatchObject({ frames: lines.length - 1 });
    await expectReleased();
  });

  it('ends when nobody reads its lines any more', async () => {
    const { child, firstLine, finished } = start(['frames', '--port', link]);
    finished.catch(() => undefined); // of the output that is thrown away here
    const complaint = text(child.stderr!);
    await firstLine;
    child.stdout!.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await complaint).toBe('');
    await expectReleased();
  });
});

describe('standard output', () => {
  it('that is full is a failure, in one line', async () => {
    for (const words of [['info'], ['frames']]) {
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, [MAIN, ...words, '--virtual'], { stdio: ['ignore', full, 'pipe'] });
      closeSync(full);
      const complaint = text(child.stderr!);
      expect(await once(child, 'exit')).toEqual([1, null]);
      expect(await complaint).toMatch(/^openmv-rx: ENOSPC[^\n]+\n$/);
    }
  });
});

describe('read and write', () => {
  /** What the channel `config` holds at a quality. */
  const config = (quality: number): string =>
    JSON.stringify({ quality, framesPerSecond: 50, width: 160, height: 120, format: 'rgb565', exposure: 1 });

  it('reads the bytes as they are into a pipe', async () => {
    expect(await onPort('read', 'config')).toMatchObject({ code: 0, stderr: '', stdout: config(80) });
  });

  it('reads as text, as base64, and as what fits in JSON', async () => {
    expect((await onPort('read', 'config', '--text')).stdout).toBe(`${config(80)}\n`);
    expect((await onPort('read', 'config', '--base64')).stdout).toBe(`${btoa(config(80))}\n`);
    expect(jsonLines((await onPort('read', 'config', '--json')).stdout)).toEqual([
      { name: 'config', bytes: config(80).length, text: config(80) },
    ]);
    expect(jsonLines((await onPort('read', 'frame', '--json')).stdout)[0]).toMatchObject({
      name: 'frame',
      base64: expect.any(String) as string,
    });
  });

  it('writes a string, a file and standard input', async () => {
    expect(await onPort('write', 'config', '{"quality":50}')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'wrote 14 bytes to config\n',
    });
    expect((await onPort('read', 'config')).stdout).toBe(config(50));
    const file = join(folder, 'quality');
    writeFileSync(file, '{"quality":60}');
    expect(jsonLines((await onPort('write', 'config', `@${file}`, '--json')).stdout)).toEqual([
      { name: 'config', bytes: 14 },
    ]);
    expect((await onPort('read', 'config')).stdout).toBe(config(60));
    expect((await run(['write', 'config', '-', '--port', link], { input: '{"quality":80}' })).code).toBe(0);
    expect((await onPort('read', 'config')).stdout).toBe(config(80));
  });

  it('fails in one line where the camera refuses, a channel is missing, or a file is', async () => {
    expectOneLineFailure(await onPort('write', 'config', 'nonsense'), 'script');
    expectOneLineFailure(await onPort('read', 'no-such', '--timeout', '1'), 'openmv-rx channels');
    expectOneLineFailure(await onPort('write', 'stdout', 'x'), 'openmv-rx channels');
    expectOneLineFailure(await onPort('write', 'config', '@/no/such/file'), '/no/such/file');
    await expectReleased();
  });
});

describe('watch', () => {
  it('shows the text of stdout as it is', async () => {
    const { code, stdout, stderr } = await onPort('watch', 'stdout', '--count', '1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/frame \d+/);
  });

  it('shows the events and values of a channel', async () => {
    const { code, stdout } = await onPort('watch', 'frame', '--count', '4', '--json');
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines).toContainEqual({ name: 'frame', event: 1 });
    expect(lines.filter((line) => 'base64' in line)).toHaveLength(4);
  });

  it('ends with Ctrl-C', async () => {
    const { child, firstLine, finished } = start(['watch', 'stdout', '--port', link]);
    await firstLine;
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
    await expectReleased();
  });
});
