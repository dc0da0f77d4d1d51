import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { Camera, type Frame } from 'openmv-rx';
import { readRecording, type RecordingEntry } from 'openmv-rx/recording';
import { tcp } from 'openmv-rx/tcp';
import { firstValueFrom, interval, map, filter, take, toArray } from 'rxjs';
import { readIndexed } from '../recording/mcap-reading.js';
import { audit, type Audit } from '../recording/support/audit.js';
import { expectOneLineFailure, jsonLines, MAIN, run, start, type Running } from './command.js';
import { temporaryFolder } from './pty.js';

let folder: string;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => rmSync(folder, { recursive: true }));

const inFolder = (name: string) => join(folder, name);
const recording = (file: string, ...words: string[]) => start(['record', file, '--virtual', '--json', ...words]);

async function readable(file: string): Promise<{ entries: RecordingEntry[]; error: unknown }> {
  const entries: RecordingEntry[] = [];
  try {
    for await (const entry of readRecording(file)) entries.push(entry);
  } catch (error) {
    return { entries, error };
  }
  return { entries, error: undefined };
}

const framesOf = (entries: readonly RecordingEntry[]): Frame[] =>
  entries.flatMap((entry) => (entry.kind === 'frame' ? [entry.frame] : []));

/** Whether there is more than what a file begins with: a chunk with frames, which are some kilobytes each. */
const hasChunk = (file: string) => existsSync(file) && statSync(file).size > 10_000;

const until = (condition: () => boolean) => firstValueFrom(interval(10).pipe(filter(condition)));
const after = (ms: number) => firstValueFrom(interval(ms));

async function killed({ child, finished }: Running, signal: NodeJS.Signals) {
  child.kill(signal);
  return finished;
}

/** What is wrong with a file by the specification of MCAP, and whether it has an end. */
function audited(file: string): Pick<Audit, 'faults' | 'end'> {
  const { faults, end } = audit(readFileSync(file));
  return { faults, end };
}

describe('a recording from the command line', () => {
  it('has as many frames as it was told to, and says what it is', async () => {
    const file = inFolder('some.mcap');
    const { code, stdout, stderr } = await run([
      'record',
      file,
      '--virtual',
      '--json',
      '--frames',
      '20',
      '--channel',
      'config:json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonLines(stdout)).toEqual([expect.objectContaining({ file, frames: 20, dropped: 0 })]);
    const { entries, error } = await readable(file);
    expect(error).toBeUndefined();
    expect(audited(file)).toEqual({ faults: [], end: 'indexed' });
    expect(framesOf(entries).map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['camera', 'channels', 'value', 'summary']));
  });

  it('ends with Ctrl-C, and its file is whole', async () => {
    const file = inFolder('interrupted.mcap');
    const running = recording(file);
    await until(() => hasChunk(file));
    expect(await killed(running, 'SIGINT')).toMatchObject({ code: 0, stderr: '' });
    const { messages, reader } = await readIndexed(readFileSync(file));
    expect(messages.filter(({ topic }) => topic === '/frames').length).toBeGreaterThan(0);
    expect(reader.statistics!.messageCount).toBe(BigInt(messages.length));
  });

  it('that is killed at any of ten moments can be read up to its last chunk', async () => {
    const seed = Date.now() % 1000;
    const killedAfter = async (index: number, isBegun: (file: string) => boolean) => {
      const file = inFolder(`killed-${index}.mcap`);
      const running = recording(file);
      await until(() => isBegun(file));
      await after(1 + ((seed * (index + 7) * 7919) % 2000));
      await killed(running, 'SIGKILL');
      const { entries, error } = await readable(file);
      expect(error).toMatchObject({ code: 'TRUNCATED' });
      expect(audited(file)).toEqual({ faults: [], end: 'none' });
      const numbers = framesOf(entries).map((frame) => frame.index);
      expect({ seed, numbers }).toEqual({ seed, numbers: numbers.map((_, number) => number) });
      return numbers.length;
    };
    const numbers = [0, 1, 2, 3, 4];
    await Promise.all(numbers.map((index) => killedAfter(index, existsSync)));
    const frames = await Promise.all(numbers.map((index) => killedAfter(index + 5, hasChunk)));
    expect({ seed, least: Math.min(...frames) > 0 }).toEqual({ seed, least: true });
  });

  it('does not touch a file that is there', async () => {
    const file = inFolder('there.mcap');
    writeFileSync(file, 'precious');
    expectOneLineFailure(await run(['record', file, '--virtual']), /exists already/);
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  it('says when there is no permission for the folder', async () => {
    const closed = inFolder('closed');
    mkdirSync(closed);
    chmodSync(folder, 0o755);
    chmodSync(closed, 0o555);
    // Root may write everywhere.
    const who = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const child = spawn(process.execPath, [MAIN, 'record', join(closed, 'a.mcap'), '--virtual'], who);
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(child.exitCode).toBe(1);
    expect(stderr).toMatch(/permission is denied/);
  });

  const canMount = process.getuid?.() === 0;
  (canMount ? it : it.skip)('on a disk that gets full says so, and what it has written can be read', async () => {
    const disk = inFolder('small-disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      // A container may not mount; `/dev/full` and the disk in memory stand for it elsewhere.
      return;
    }
    try {
      const file = join(disk, 'full.mcap');
      const { code, stderr } = await run(['record', file, '--virtual', '--json', '--duration', '60']);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/disk is full.*can be read|disk is full.*complete file/) as string,
      });
      expect(audited(file).faults).toEqual([]);
      const { entries } = await readable(file);
      expect(framesOf(entries).length).toBeGreaterThan(30);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('a replay from the command line', () => {
  it('is a camera for other programs, with the frames of the recording', async () => {
    const file = inFolder('replayed.mcap');
    await run(['record', file, '--virtual', '--frames', '30']);
    const expected = framesOf((await readable(file)).entries).map(({ data }) => Buffer.from(data).toString('base64'));
    const running = start(['replay', file, '--tcp', '0', '--speed', 'fast', '--json']);
    const { tcp: address } = JSON.parse(await running.firstLine) as { tcp: string };
    const camera = new Camera(tcp('127.0.0.1', Number(address.split(':').at(-1))));
    const frames = await firstValueFrom(
      camera.frames$.pipe(
        take(30),
        map(({ data }) => Buffer.from(data).toString('base64')),
        toArray(),
      ),
    );
    expect(frames).toEqual(expected);
    expect(await killed(running, 'SIGINT')).toMatchObject({ code: 0, stderr: '' });
  });

  it('of what is no recording says so at once', async () => {
    const file = inFolder('foreign.mcap');
    writeFileSync(file, 'nothing of the kind');
    expectOneLineFailure(await run(['replay', file, '--tcp', '0']), /damaged, or not an MCAP file/);
    expectOneLineFailure(await run(['replay', inFolder('none.mcap'), '--tcp', '0']), /no such file/);
    expect(await run(['replay', file])).toMatchObject({ code: 2, stdout: '' });
  });
});
