// What `npm run check:angular` runs: the rules of the whole repository on this sample, and a build that has to be without a
// warning: of CommonJS, of the budget of bytes, of templates.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { heardBuild, prepare } from './prepare.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

if (!((await prepare()) && lint() && builds())) process.exitCode = 1;

function lint() {
  const eslint = join(dirname(createRequire(import.meta.url).resolve('eslint/package.json')), 'bin/eslint.js');
  const words = ['--config', 'samples/angular-live-view/lint.config.js', '--max-warnings', '0'];
  const { status } = spawnSync(process.execPath, [eslint, ...words, 'samples/angular-live-view'], {
    cwd: root,
    stdio: 'inherit',
  });
  return status === 0;
}

function builds() {
  const { isDone, said } = heardBuild();
  process.stderr.write(said);
  const isClean = !stripVTControlCharacters(said).includes('[WARNING]');
  if (isDone && !isClean) process.stderr.write('angular-live-view: the build has a warning, see above\n');
  return isDone && isClean;
}
