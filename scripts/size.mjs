// What the library costs a page: Camera, webSocket and webSerial as a browser gets them, bundled and minified, in bytes.
// Fails when it has grown over what size.json says, or holds what a page has no use for; `--update` writes size.json anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** How much it may grow before somebody has to say that it is worth it. */
const TOLERANCE = 0.02;

const ENTRY = `
  export { Camera } from 'openmv-rx';
  export { webSocket } from 'openmv-rx/websocket';
  export { webSerial } from 'openmv-rx/web-serial';
`;

/** What a page that shows a camera does not need: the camera's end, and libraries of what it does not use. */
const USELESS =
  /node_modules\/(jpeg-js|cborg|crc|ws|serialport|tsyringe|@mcap)\/|dist\/(device|virtual|cli|recording|widgets)\//;

const root = fileURLToPath(new URL('..', import.meta.url));
const record = `${root}/scripts/size.json`;

/** Fails by itself where Node built-ins are imported. */
async function bundle(external) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: ENTRY, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    tsconfigRaw: '{}',
    external,
  });
  const [{ contents }] = outputFiles;
  const [{ inputs }] = Object.values(metafile.outputs);
  const used = Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0);
  return {
    useless: [...new Set(used.flatMap((file) => USELESS.exec(file)?.[0] ?? []))],
    bytes: {
      minified: contents.length,
      gzip: gzipSync(contents, { level: 9 }).length,
      brotli: brotliCompressSync(contents).length,
    },
  };
}

const measured = { 'with RxJS': await bundle([]), alone: await bundle(['rxjs']) };
const sizes = Object.fromEntries(Object.entries(measured).map(([name, { bytes }]) => [name, bytes]));

if (process.argv.includes('--update')) writeFileSync(record, `${JSON.stringify(sizes, null, 2)}\n`);
const recorded = JSON.parse(readFileSync(record, 'utf8'));

for (const [name, { useless, bytes }] of Object.entries(measured)) {
  for (const [kind, size] of Object.entries(bytes)) {
    const before = recorded[name][kind];
    const change = `${(100 * (size / before - 1)).toFixed(1)} %`;
    process.stdout.write(`${name}, ${kind}: ${size} bytes, recorded ${before} (${change})\n`);
    if (size > before * (1 + TOLERANCE)) fail(`the browser bundle ${name} has grown by ${change} (${kind})`);
  }
  if (useless.length > 0) fail(`the browser bundle ${name} holds what a page has no use for: ${useless.join(', ')}`);
}

function fail(what) {
  process.stderr.write(
    `size: ${what}. Look for the import that brings it; a growth that is worth it is recorded by ` +
      '"npm run check:size -- --update", whose scripts/size.json belongs into the same commit.\n',
  );
  process.exitCode = 1;
}
