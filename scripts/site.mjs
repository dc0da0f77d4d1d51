// The static site, into site/: README, guide and documents with the reference, and the live view on a virtual camera, which needs no
// server. Expects the library in dist/. Fails if a doc comment is wrong or a link inside the site is dead.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleLiveView } from './build.mjs';
import { deadLinks } from './dead-links.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'site');

rmSync(site, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [join(root, 'scripts/reference.mjs'), '--out', site], {
  stdio: 'inherit',
});
if (status !== 0) process.exitCode = 1;
await bundleLiveView('demo.ts', join(site, 'demo'));
// The site may be in a folder of its host, so its links are relative.
const page = join(site, 'demo/index.html');
writeFileSync(page, readFileSync(page, 'utf8').replaceAll(/(href|src)="\//g, '$1="'));
for (const link of deadLinks(site)) {
  process.stderr.write(`site: ${link}\n`);
  process.exitCode = 1;
}
