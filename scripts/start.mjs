// Builds the library, so that an edit of it shows, then the programs of a folder, and starts the first with the command line's
// arguments. Standard output belongs to the program, so whatever the builds have to say goes to standard error.
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildLibrary } from './build.mjs';

/**
 * Starts `main` of the folder that `start.mjs` is in, and waits for it. False where the library does not build.
 *
 * @param start the `import.meta.url` of that file
 * @param others programs of the folder that the first one starts as processes of their own
 */
export async function start(start, others = []) {
  const folder = fileURLToPath(new URL('.', start));
  if (!(await buildLibrary())) {
    process.stderr.write(`${basename(folder)}: the library does not build, see above\n`);
    process.exitCode = 1;
    return false;
  }
  const programs = ['main', ...others].map((path) => [basename(path), join(folder, `${path}.ts`)]);
  await build({
    entryPoints: Object.fromEntries(programs),
    outdir: join(folder, 'dist'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Every package is imported by its name when the program runs, openmv-rx like the others: what runs is what is shipped.
    packages: 'external',
    tsconfigRaw: '{}',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(join(folder, 'dist/main.js')).href);
  await main(process.argv.slice(2));
  return true;
}
