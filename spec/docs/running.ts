import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';
import type { Snippet } from './snippet.js';

/** What came of a program. */
export interface Run {
  /** All that it printed, to standard output and standard error, as a terminal shows it. */
  readonly printed: string;
  /** Its exit code, or why it did not end by itself. */
  readonly ended: number | string;
}

/** How long a program may take: one that does not end by itself is ended then. */
const DEADLINE_MS = 60_000;
/** Most of their time they wait for a camera. */
const AT_ONCE = 8;

const { config } = ts.readConfigFile('tsconfig.json', (name) => ts.sys.readFile(name)) as {
  config: { compilerOptions: { paths: Record<string, [string]> } };
};
const { paths } = config.compilerOptions;

/** Where `openmv-rx` and its subpaths are, but for the serial port, behind which there are cameras without hardware. */
function fileOf(specifier: string): string | undefined {
  if (specifier === 'openmv-rx/serialport') return join(process.cwd(), 'spec/docs/stand-ins/serialport.ts');
  const path = paths[specifier]?.[0];
  return path === undefined ? undefined : join(process.cwd(), path);
}

/** Makes programs of snippets, in a folder that holds them as `0.js`, `1.js` and so on. */
async function bundled(snippets: readonly Snippet[], folder: string): Promise<void> {
  await build({
    entryPoints: Object.fromEntries(snippets.map((_, number) => [String(number), `snippet:${number}`])),
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    tsconfigRaw: '{}',
    // Its binary stays where it is.
    external: ['serialport'],
    // What is CommonJS requires Node's modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [
      {
        name: 'snippets',
        setup: (plugin) => {
          plugin.onResolve({ filter: /^snippet:/ }, ({ path }) => ({ path: path.slice(8), namespace: 'snippet' }));
          plugin.onLoad({ filter: /.*/, namespace: 'snippet' }, ({ path }) => ({
            contents: snippets[Number(path)]!.code,
            loader: 'js',
            resolveDir: process.cwd(),
          }));
          plugin.onResolve({ filter: /^openmv-rx(\/|$)/ }, ({ path }) => ({ path: fileOf(path)! }));
        },
      },
    ],
  });
}

/** Runs a program to its end, in a folder. */
function run(program: string, folder: string): Promise<Run> {
  const log = `${program}.log`;
  // One file for both, so that they stand in it in the order in which they were printed.
  const output = openSync(log, 'w');
  const child = spawn(process.execPath, [program], { cwd: folder, stdio: ['ignore', output, output] });
  closeSync(output);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(late);
      resolve({ printed: readFileSync(log, 'utf8'), ended: code ?? `it did not end by itself in ${DEADLINE_MS} ms` });
    });
  });
}

/**
 * Runs programs as a reader does who goes from page to page: those of a page one after another, in a folder of their own, for one
 * may read what another has written.
 */
export async function runAll(snippets: readonly Snippet[]): Promise<ReadonlyMap<Snippet, Run>> {
  const folder = mkdtempSync(join(tmpdir(), 'openmv-rx-docs-'));
  try {
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    await bundled(snippets, folder);
    const runs = new Map<Snippet, Run>();
    const pages = [...new Set(snippets.map(({ page }) => page))];
    const next = async (): Promise<void> => {
      for (let page = pages.shift(); page !== undefined; page = pages.shift()) {
        const own = join(folder, page.replaceAll('/', '-'));
        mkdirSync(own);
        for (const [number, snippet] of snippets.entries()) {
          if (snippet.page === page) runs.set(snippet, await run(join(folder, `${number}.js`), own));
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return runs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
