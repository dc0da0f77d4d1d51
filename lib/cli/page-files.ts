import { readFile } from 'node:fs/promises';

/** A file as the browser gets it. */
export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
}

const TYPES = {
  'index.html': 'text/html; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** The files of the live view by the paths that the page knows them by. `scripts/build.mjs` puts them beside this module. */
export async function pageFiles(folder = new URL('page/', import.meta.url)): Promise<ReadonlyMap<string, PageFile>> {
  const files = Object.entries(TYPES).map(async ([name, type]): Promise<[string, PageFile]> => {
    const body = await readFile(new URL(name, folder));
    return [name === 'index.html' ? '/' : `/${name}`, { type, body }];
  });
  return new Map(await Promise.all(files));
}
