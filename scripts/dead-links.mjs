import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Links of the HTML pages in `folder` that lead nowhere inside it. Links to other sites are not followed. */
export function deadLinks(folder) {
  const pages = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.html'))
    .map((name) => join(folder, name));
  const anchors = new Map(pages.map((page) => [page, anchorsOf(readFileSync(page, 'utf8'))]));
  return pages.flatMap((page) =>
    linksOf(readFileSync(page, 'utf8')).flatMap((link) => {
      const reason = whyDead(folder, page, link, anchors);
      return reason === undefined ? [] : [`${relative(folder, page)}: ${link} ${reason}`];
    }),
  );
}

function whyDead(folder, page, link, anchors) {
  const [path, anchor] = link.split('#').map(decodeURIComponent);
  if (path.startsWith('/')) return 'is absolute, so it is dead unless the site is at the root of its host';
  let target = path === '' ? page : join(dirname(page), path.replace(/\?.*/, ''));
  if (relative(folder, target).startsWith('..')) return 'is not in the site';
  if (existsSync(target) && statSync(target).isDirectory()) target = join(target, 'index.html');
  if (!existsSync(target)) return 'is not there';
  // typedoc's scripts use an empty anchor.
  if (anchor && anchors.has(target) && !anchors.get(target).has(anchor)) return 'has no such heading';
  return undefined;
}

/** The targets in a page, each once, without those on other sites. */
function linksOf(html) {
  const text = html.replaceAll(/<script\b[^>]*>[\s\S]*?<\/script>/g, (script) => script.replace(/>[\s\S]*/, '>'));
  const found = [...text.matchAll(/<[a-z][^>]*?\s(?:href|src)="([^"]*)"/g)].map(([, link]) => link);
  return [...new Set(found)]
    .map((link) => link.replaceAll('&amp;', '&'))
    .filter((link) => !/^([a-z]+:|\/\/)/.test(link));
}

function anchorsOf(html) {
  return new Set([...html.matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, anchor]) => anchor));
}
