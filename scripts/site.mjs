// The static site, into site/: README, guide and documents with the reference, and the live view on a virtual camera, which needs no
// server. Expects the library in dist/. Fails if a doc comment is wrong or a link inside the site is dead.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { deadLinks } from './dead-links.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'site');

rmSync(site, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [join(root, 'scripts/reference.mjs'), '--out', site], {
  stdio: 'inherit',
});
if (status !== 0) process.exitCode = 1;
await demo(join(root, 'samples/live-view/page'), join(site, 'demo'));
for (const link of deadLinks(site)) {
  process.stderr.write(`site: ${link}\n`);
  process.exitCode = 1;
}

/** The page of the live view, with a virtual camera in it. */
async function demo(from, to) {
  mkdirSync(to);
  await build({
    entryPoints: [join(from, 'demo.ts')],
    outfile: join(to, 'main.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    tsconfigRaw: '{}',
    legalComments: 'inline',
    logLevel: 'warning',
  });
  // The site may be in a folder of its host, so its links are relative.
  const html = readFileSync(join(from, 'index.html'), 'utf8').replaceAll(/(href|src)="\//g, '$1="');
  writeFileSync(join(to, 'index.html'), html);
  for (const name of ['style.css', 'icon.svg']) cpSync(join(from, name), join(to, name));
}
