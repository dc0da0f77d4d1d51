import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording } from 'openmv-rx/recording';
import { concatMap, filter, firstValueFrom, from, interval, lastValueFrom, map, mergeMap, range, toArray } from 'rxjs';
import { MAIN } from './command.js';
import { temporaryFolder } from './pty.js';

const TERMINALS = 20;

let folder: string;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => rmSync(folder, { recursive: true }));

const until = (condition: () => boolean) => firstValueFrom(interval(10).pipe(filter(condition)));

/** The kind of the last entry; errors where the file has no end. */
async function lastKind(file: string): Promise<string> {
  let last = 'nothing';
  for await (const { kind } of readRecording(file)) last = kind;
  return last;
}

/** What a terminal has shown when it is closed. */
async function shown(child: ChildProcess, bytes: number): Promise<void> {
  let seen = 0;
  for await (const chunk of child.stdout!) {
    seen += (chunk as Buffer).length;
    if (seen >= bytes) return;
  }
  throw new Error(`it ended after ${seen} bytes`);
}

/** Whether a process is there that has not ended: nobody may be left to wait for it. */
function runs(pid: string): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function closedAfter(bytes: number, options: string, name: string): Promise<string> {
  const [file, pidFile] = [join(folder, `${name}.mcap`), join(folder, `${name}.pid`)];
  const command = `echo $$ > ${pidFile}; exec ${process.execPath} ${MAIN} record ${file} --virtual`;
  const terminal = spawn('socat', ['-u', `SYSTEM:"${command}",pty,stderr${options}`, 'STDOUT']);
  await shown(terminal, bytes);
  const pid = readFileSync(pidFile, 'utf8').trim();
  terminal.kill('SIGKILL');
  await until(() => !runs(pid));
  return lastKind(file);
}

describe(`${TERMINALS} terminals that are closed during record`, () => {
  it.each([
    ['of a session, which gets a signal too,', ',setsid,ctty'],
    ['that nobody controls', ''],
  ])('%s leave as many whole files', async (_, options) => {
    const kinds$ = range(0, TERMINALS).pipe(
      mergeMap((number) => closedAfter(1 + 60 * number, options, `file-${number}`), 4),
      toArray(),
    );
    expect(await lastValueFrom(kinds$)).toEqual(Array(TERMINALS).fill('summary'));
  });

  it('that are pipes leave as many whole files, and no failure', async () => {
    const ends$ = range(0, TERMINALS).pipe(
      mergeMap((number) => {
        const file = join(folder, `pipe-${number}.mcap`);
        const child = spawn(process.execPath, [MAIN, 'record', file, '--virtual', '--frames', String(1 + number)]);
        const closed = number % 2 === 0 ? until(() => existsSync(file)) : Promise.resolve();
        return from(closed).pipe(
          concatMap(() => {
            child.stdout.destroy();
            child.stderr.destroy();
            return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
          }),
          concatMap((code) => from(lastKind(file)).pipe(map((kind) => `${kind} ${String(code)}`))),
        );
      }, 4),
      toArray(),
    );
    expect(await lastValueFrom(ends$)).toEqual(Array(TERMINALS).fill('summary 0'));
  });
});
