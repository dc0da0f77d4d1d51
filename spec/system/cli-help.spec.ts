import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { concatMap, from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { createProgram } from '../../lib/cli/program.js';
import { examplesOf, helpOf } from '../cli/help-texts.js';
import { MAIN } from './command.js';
import { temporaryFolder } from './pty.js';

/** Those that serve a camera until Ctrl-C. */
const SERVING = /openmv-rx (view|bridge|virtual|replay)/;

describe('the examples of the help texts', () => {
  let folder: string;
  beforeAll(() => {
    folder = temporaryFolder();
    writeFileSync(join(folder, 'openmv-rx'), `#!/bin/sh\nexec ${process.execPath} ${MAIN} "$@"\n`, { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The same line with free ports: something may listen at those of the example, or at the usual one. */
  const atFreePorts = (line: string): string => {
    const free = line.replaceAll(/(--(?:tcp|udp|listen)) (\S+:)?\d+/g, '$1 $20');
    return /openmv-rx (view|bridge)/.test(free) && !free.includes('--listen') ? `${free} --listen 0` : free;
  };

  /** As somebody does who has pasted it into a shell. */
  const pasted = (line: string): ChildProcess =>
    spawn('sh', ['-c', `exec ${line}`.replace(/^exec (printf.*)$/, '$1')], {
      cwd: folder,
      // `list` finds no udevadm here, and `view` no browser.
      env: { ...process.env, PATH: `${folder}:/usr/bin:/bin`, BROWSER: '/bin/true', DISPLAY: '' },
    });

  async function outcome(line: string): Promise<{ line: string; code: unknown; stderr: string }> {
    const child = pasted(SERVING.test(line) ? atFreePorts(line) : line);
    const stderr = text(child.stderr!);
    if (SERVING.test(line)) {
      await once(child.stdout!, 'data');
      child.kill('SIGINT');
    }
    child.stdout!.resume();
    const [code] = (await once(child, 'close')) as [unknown];
    return { line, code, stderr: await stderr };
  }

  it('work when they are pasted', async () => {
    const examples = createProgram().commands.map((command) => examplesOf(helpOf(command.name())));
    expect(examples).not.toContainEqual([]);
    // Those of one command need each other; several commands at once are not slowed down by one that waits.
    const outcomes$ = from(examples).pipe(
      mergeMap((lines) => from(lines).pipe(concatMap((line) => outcome(line))), 4),
      toArray(),
    );
    for (const { line, code, stderr } of await lastValueFrom(outcomes$)) {
      // This system may have no udev.
      const unlistable = line.endsWith(' list') && stderr.includes("can't list its serial ports");
      expect({ line, code, stderr }).toMatchObject({ code: unlistable ? 1 : 0 });
    }
  });
});
