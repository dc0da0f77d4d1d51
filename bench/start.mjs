// What `npm run bench` runs: builds the library, so that an edit of it shows, then the measurements, and starts them.
// Standard output belongs to the results, so whatever the builds have to say goes to standard error.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const library = spawnSync(process.execPath, [compiler, '-p', here('../tsconfig.build.json')], {
  stdio: ['ignore', process.stderr, process.stderr],
});

if (library.status === 0) {
  await build({
    // The others are programs of processes of their own: the camera at the far end of a pty, and many cameras.
    entryPoints: {
      main: here('main.ts'),
      'pty-camera': here('bed/pty-camera.ts'),
      'camera-process': here('cameras/camera-process.ts'),
    },
    outdir: here('dist'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Every package is imported by its name, openmv-rx like the others: what is measured is what is shipped.
    packages: 'external',
    tsconfigRaw: '{}',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(here('dist/main.js')).href);
  await main(process.argv.slice(2));
  // A measurement that was given up may have left something open.
  process.exit();
} else {
  process.stderr.write('bench: the library does not build, see above\n');
  process.exitCode = 1;
}
