// Builds the package: `lib/` into `dist/`, or into the folder named by `--out`. The compiler does nearly all of it. What is left is
// what the compiler can't do: jpeg-js is CommonJS, which bundlers of pages warn about, and wants Node's Buffer, so that it
// goes into the one file that uses it, as a module and without Buffer; and the page that `openmv-rx view` serves is bundled,
// for who runs that command has no bundler.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** Puts the package into `out`. False where it does not compile; what the compiler says of it goes to standard error. */
export async function buildLibrary(out = join(root, 'dist')) {
  const arguments_ = ['-p', join(root, 'tsconfig.build.json'), '--outDir', out];
  arguments_.push('--tsBuildInfoFile', join(out, '.tsbuildinfo'));
  const { status } = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), ...arguments_], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) return false;
  await bundleJpegEncoder(join(out, 'virtual/pictures/encode-jpeg.js'));
  await bundlePage(out);
  return true;
}

async function bundleJpegEncoder(outfile) {
  await build({
    entryPoints: [join(root, 'lib/virtual/pictures/encode-jpeg.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    tsconfigRaw: '{}',
    // Its licence wants to be kept with it, and it is in a comment that bundlers take for a usual one.
    banner: { js: `/*\n${licenceOf('jpeg-js/lib/encoder.js')}\n*/` },
    logLevel: 'warning',
    allowOverwrite: true,
    plugins: [
      {
        name: 'encoder-alone',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^jpeg-js$/ }, ({ path }) => ({ path, namespace: 'encoder-alone' }));
          onLoad({ filter: /.*/, namespace: 'encoder-alone' }, () => ({
            contents: `
              import encode from 'jpeg-js/lib/encoder.js';
              export default { encode };
            `,
            resolveDir: root,
          }));
        },
      },
    ],
    inject: [join(root, 'scripts/buffer-for-jpeg-js.mjs')],
  });
}

/** The page of the live view, with the library that was just built. */
async function bundlePage(out) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await bundleLiveView('main.ts', join(out, 'cli/page'), {
    // A library in a folder of its own finds RxJS here.
    nodePaths: [join(root, 'node_modules')],
    plugins: [
      {
        name: 'library-just-built',
        setup({ onResolve }) {
          onResolve({ filter: /^openmv-rx(\/|$)/ }, ({ path }) => ({
            path: join(out, exports[path.replace('openmv-rx', '.')].default.replace('./dist/', '')),
          }));
        },
      },
    ],
  });
}

const LIVE_VIEW = join(root, 'samples/live-view/page');

/** Bundles a script of the live view's page, with the licence of RxJS, and copies the files of the page beside it. */
export async function bundleLiveView(script, to, options = {}) {
  const licence = readFileSync(join(dirname(require.resolve('rxjs/package.json')), 'LICENSE.txt'), 'utf8');
  await build({
    entryPoints: [join(LIVE_VIEW, script)],
    outfile: join(to, 'main.js'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    tsconfigRaw: '{}',
    banner: { js: `/*\nWith RxJS in it:\n${licence}*/` },
    legalComments: 'inline',
    logLevel: 'warning',
    ...options,
  });
  for (const name of ['index.html', 'style.css', 'icon.svg']) cpSync(join(LIVE_VIEW, name), join(to, name));
}

function licenceOf(file) {
  const text = readFileSync(require.resolve(file), 'utf8');
  const [, licence] = /^\/\*\n([\s\S]*?Redistribution and use[\s\S]*?)\n\*\//.exec(text) ?? [];
  if (licence === undefined) throw new Error(`${file} has no licence at its beginning`);
  return licence;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { out } = parseArgs({ options: { out: { type: 'string' } } }).values;
  if (!(await buildLibrary(out && resolve(out)))) process.exitCode = 1;
}
