// What this sample needs beside its own files: Angular, which is installed once, and the library as it is now.
import { spawnSync } from 'node:child_process';
import { cp, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildLibrary } from '../../scripts/build.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const ANGULAR = join(folder, 'node_modules/@angular/cli/bin/ng.js');
const library = join(folder, 'node_modules/openmv-rx');

/** False where something went wrong, which has been said on standard error then. */
export async function prepare() {
  if (!(await isInstalled()) && !install()) return false;
  await mkdir(library, { recursive: true });
  await cp(join(folder, '../../package.json'), join(library, 'package.json'));
  return buildLibrary(join(library, 'dist'));
}

/** Runs the Angular command line on this sample. False where it failed. */
export function ng(...words) {
  return run(process.execPath, [ANGULAR, ...words]);
}

/** Builds the sample, and returns the messages of the build. */
export function heardBuild() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ANGULAR, 'build'], { cwd: folder, encoding: 'utf8' });
  return { isDone: status === 0, said: stdout + stderr };
}

/** npm leaves a copy of the lock in what it has installed. */
async function isInstalled() {
  const changed = (path) =>
    stat(join(folder, path)).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  const [lock, installed] = [await changed('package-lock.json'), await changed('node_modules/.package-lock.json')];
  return installed !== undefined && installed >= lock;
}

/**
 * As the lock says, which stays as it is. Not `npm ci`: that wants the packages of other systems too, of which a registry may
 * lack some, and the dependencies of openmv-rx as they were when the lock was written.
 */
function install() {
  process.stderr.write('angular-live-view: installing Angular, which is 280 MB and done once\n');
  return run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']);
}

/** Standard output belongs to whoever started this. */
function run(program, words) {
  const { status } = spawnSync(program, words, { cwd: folder, stdio: ['inherit', process.stderr, process.stderr] });
  return status === 0;
}
