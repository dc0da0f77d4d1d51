import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './pty.js';

/** A sample as its README has it started, which also builds it; what it prints, without what npm says of its own. */
async function started(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', ...words]);
  return stdout;
}

describe('npm run pipeline', () => {
  it.each([
    ['motion', /^frame \d+: \d+×\d+ at \d+,\d+/],
    ['join', /^frame \d+: tilted by -?\d+\.\d°, measured \d+\.\d ms (before|after)$/],
    ['exposure', /^median \d+: exposure \d+/],
  ])('%s prints what its README shows, and ends', async (program, line) => {
    const lines = (await started('pipeline', '--', program, '--count', '3')).trimEnd().split('\n');
    expect(lines).toEqual([1, 2, 3].map(() => expect.stringMatching(line) as unknown));
  });
});

describe('npm run recorder', () => {
  it('records two cameras, and says what is in their files', async () => {
    const folder = temporaryFolder();
    try {
      await started('recorder', '--', 'record', folder, '--seconds', '2');
      const files = (await readdir(folder)).sort();
      expect(files).toHaveLength(2);
      for (const file of files) {
        const [camera, whole] = (await started('recorder', '--', 'inspect', join(folder, file))).split('\n');
        expect(camera).toMatch(/^camera {4}OpenMV Cam /);
        expect(whole).toMatch(/^complete {2}[1-9]\d* frames, 0 left out$/);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
