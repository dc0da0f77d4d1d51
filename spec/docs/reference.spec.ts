import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The library in a folder of its own, for it is about to be broken. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'openmv-rx-reference-'));
  for (const path of ['lib', 'scripts', 'docs/guide', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(path, join(folder, path), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'README.md'), '[a page](docs/guide/conect.md)\n');
});

afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, before: string, after: string): void {
  const file = join(folder, path);
  const text = readFileSync(file, 'utf8');
  if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
  writeFileSync(file, text.replace(before, after));
}

describe('npm run check:reference', () => {
  it('fails on a broken link, an export that is not described or not there, and an example that is wrong', () => {
    put('lib/errors.ts', 'is an {@link OpenMVError},', 'is an {@link OpenMVErrr},');
    put('lib/signals/lines.ts', 'camera.stdout$.pipe(', 'camera.stdot$.pipe(');
    put('lib/host/link/trace.ts', "/** A packet's header and the length of its payload, in bytes. */", '');
    put('lib/index.ts', "export type { FrameFormat } from './frames/pixel-format.js';", '');
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts/reference.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    for (const complaint of [
      /docs\/guide\/conect\.md is not a file/,
      /Failed to resolve link to "OpenMVErrr"/,
      /TracedPacket .* does not have any documentation/,
      /FrameFormat, .* is referenced by .* but not included/,
      /lines, example 1: Property 'stdot\$' does not exist/,
    ])
      expect(stderr).toMatch(complaint);
  }, 180_000);
});
