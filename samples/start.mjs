// Builds the library, so that an edit of it shows, then a sample, and starts it with the command line's arguments.
// Standard output belongs to the sample, so whatever the builds have to say goes to standard error.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Starts the sample in the folder of that name. */
export async function start(name) {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const library = spawnSync(process.execPath, [compiler, '-p', here('../tsconfig.build.json')], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (library.status !== 0) {
    process.stderr.write(`${name}: the library does not build, see above\n`);
    process.exitCode = 1;
    return;
  }
  const program = here(`${name}/dist/main.js`);
  await build({
    entryPoints: [here(`${name}/main.ts`)],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Every package is imported by its name when the sample runs, openmv-rx like the others.
    packages: 'external',
    tsconfigRaw: '{}',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(program).href);
  await main(process.argv.slice(2));
}
