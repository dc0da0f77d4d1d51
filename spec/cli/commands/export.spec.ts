import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from '../../../lib/index.js';
import {
  framesMessages,
  jsonMessages,
  recordingFile,
  textMessages,
  valueMessages,
} from '../../recording/support/recording-file.js';
import { ran } from './running.js';

let folder: string;
let recording: string;
const inFolder = (name: string) => join(folder, name);

const frame: Frame = {
  width: 2,
  height: 1,
  format: 'grayscale',
  data: Uint8Array.of(1, 2),
  fps: 1,
  index: 0,
  receivedAt: 1000,
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'export-command-'));
  recording = await recordingFile(inFolder('a.mcap'), [
    ...framesMessages([frame, { ...frame, index: 1, receivedAt: 1100 }]),
    ...textMessages('hello\n'),
    ...jsonMessages('config', [{ a: 1 }]),
    ...valueMessages({ name: 'imu', encoding: 'bytes' }, [Uint8Array.of(1, 0, 2, 0)]),
  ]);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('export', () => {
  it('writes all requested files, and prints a line for each', async () => {
    const { stdout, error } = await ran(
      ...['export', recording, '--frames', inFolder('pictures'), '--text', inFolder('a.txt')],
      ...['--csv', inFolder('a.csv'), '--npy', inFolder('a.npy'), '--channel', 'imu', '--layout', '<H'],
    );
    expect(error).toBeUndefined();
    expect(stdout.split('\n')).toEqual([
      `${inFolder('pictures')}  2 frames`,
      `${inFolder('a.txt')}  1 piece`,
      `${inFolder('a.csv')}  2 rows`,
      `${inFolder('a.npy')}  2 values`,
      '',
    ]);
    expect(readdirSync(inFolder('pictures'))).toEqual(['frame-000001.png', 'frame-000002.png']);
    expect(readFileSync(inFolder('a.csv'), 'utf8')).toBe('receivedAt,field1\n1000,1\n1000,2\n');
  });

  it('prints JSON lines, and accepts --type and --shape', async () => {
    const words = ['--npy', inFolder('a.npy'), '--channel', 'imu', '--type', 'u16', '--shape', '2,1', '--json'];
    expect(await ran('export', recording, ...words)).toEqual({
      stdout: `${JSON.stringify({ file: inFolder('a.npy'), values: 1 })}\n`,
      error: undefined,
    });
  });

  it('overwrites nothing unless asked to', async () => {
    const words = ['export', recording, '--text', inFolder('a.txt')];
    expect((await ran(...words)).error).toBeUndefined();
    expect((await ran(...words)).error).toMatchObject({ code: 'FILE_EXISTS' });
    expect((await ran(...words, '--overwrite')).error).toBeUndefined();
  });

  it('exports everything that it can read of a damaged recording, and then fails', async () => {
    truncateSync(recording, statSync(recording).size - 10);
    const { stdout, error } = await ran(
      ...['export', recording, '--frames', inFolder('pictures'), '--text', inFolder('a.txt')],
      ...['--csv', inFolder('a.csv'), '--channel', 'config'],
    );
    expect(error).toMatchObject({ code: 'TRUNCATED' });
    expect(stdout.split('\n')).toEqual([
      `${inFolder('pictures')}  2 frames`,
      `${inFolder('a.txt')}  1 piece`,
      `${inFolder('a.csv')}  1 row`,
      '',
    ]);
  });

  it('fails if a channel must be chosen, and leaves no file', async () => {
    const { stdout, error } = await ran('export', recording, '--csv', inFolder('a.csv'));
    expect(error).toMatchObject({ message: expect.stringContaining('config, imu') as string });
    expect(stdout).toBe('');
    expect(readdirSync(folder)).toEqual(['a.mcap']);
  });
});

describe('inspect', () => {
  it('prints a table, or one JSON object', async () => {
    expect((await ran('inspect', recording)).stdout).toContain('channel  config  json  1 value\n');
    const { stdout } = await ran('inspect', recording, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ frames: { count: 2 }, hasIndex: true });
  });

  it('prints everything that it can read of a damaged file, and fails', async () => {
    truncateSync(recording, statSync(recording).size - 10);
    const { stdout, error } = await ran('inspect', recording, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ frames: { count: 2 }, damage: (error as Error).message });
    expect(error).toMatchObject({ code: 'TRUNCATED' });
  });
});
