// The entry of `npm run angular:screenshots`: builds the library and the sample for production, and takes the README's pictures
// again.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildLibrary } from '../../scripts/build.mjs';
import { ng, prepare } from './prepare.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

if ((await buildLibrary()) && (await prepare()) && ng('build')) {
  const outfile = join(root, 'node_modules/.cache/angular-screenshots.mjs');
  await build({
    entryPoints: [join(root, 'spec/system/support/angular-screenshots.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['playwright-core', 'ws'],
    tsconfigRaw: '{}',
    logLevel: 'warning',
  });
  process.chdir(root);
  const { takeScreenshots } = await import(pathToFileURL(outfile).href);
  await takeScreenshots();
} else process.exitCode = 1;
