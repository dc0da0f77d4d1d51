import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A file for the browser. */
export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
}

/** The page's files by their path. The library is bundled from the package by its name, as a user's build would. */
export async function bundlePage(): Promise<Map<string, PageFile>> {
  const page = new URL('../page/', import.meta.url);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('main.ts', page))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    tsconfigRaw: '{}',
    logLevel: 'warning',
  });
  const file = async (name: string) => readFile(new URL(name, page));
  return new Map<string, PageFile>([
    ['/', { type: 'text/html; charset=utf-8', body: await file('index.html') }],
    ['/style.css', { type: 'text/css; charset=utf-8', body: await file('style.css') }],
    ['/icon.svg', { type: 'image/svg+xml', body: await file('icon.svg') }],
    ...outputFiles.map(({ contents }): [string, PageFile] => ['/main.js', { type: 'text/javascript', body: contents }]),
  ]);
}
