import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A link of a page to something else of this repository. */
export interface Link {
  /** The path of the page. */
  readonly page: string;
  /** As it is written: `../guarantees.md#memory`. */
  readonly target: string;
  /** The path of the file, from the root on. */
  readonly path: string;
  readonly anchor: string | undefined;
  /** What stands in quotes behind the target. */
  readonly title: string | undefined;
}

/** What people read: the pages whose links have to lead somewhere. */
export const documents: readonly string[] = [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...(readdirSync('docs', { recursive: true }) as string[])
    .filter((name) => name.endsWith('.md') && !name.startsWith('reference'))
    .map((name) => `docs/${name}`),
  ...['.', ...readdirSync('samples')]
    .map((name) => join('samples', name, 'README.md'))
    .filter((path) => existsSync(path)),
];

const withoutCode = (text: string): string => text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '`');

/** The relative links and pictures of a page; those to other sites are none. */
export function linksOf(page: string, text = readFileSync(page, 'utf8')): Link[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)(?:\s+(["'])(.*?)\2)?\)/g)]
    .filter(([, target = '']) => !/^[a-z]+:/.test(target))
    .map(([, target = '', , title]) => {
      const [file = '', anchor] = target.split('#');
      return { page, target, path: file === '' ? page : normalize(join(dirname(page), file)), anchor, title };
    });
}

/** The anchors that GitHub gives the headings of a page. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

/** Why a link leads nowhere, or `undefined`. */
export function broken({ page, target, path, anchor }: Link): string | undefined {
  if (path.startsWith('..') || !existsSync(path)) return `${page}: ${target} is not there`;
  if (anchor === undefined) return undefined;
  if (statSync(path).isDirectory() || !anchorsOf(readFileSync(path, 'utf8')).includes(anchor))
    return `${page}: ${target} has no heading of that name`;
  return undefined;
}
