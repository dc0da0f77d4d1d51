// Bundles the long runs with esbuild and runs them with the collector at hand: `npm run soak -- [name…] [--seeds 1-5000]
// [--hours 1] [--writes 100000]`.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const outfile = fileURLToPath(new URL('../../node_modules/.cache/soak.mjs', import.meta.url));
mkdirSync(fileURLToPath(new URL('../../node_modules/.cache', import.meta.url)), { recursive: true });
await build({
  entryPoints: [`${here}main.ts`],
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  outfile,
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
