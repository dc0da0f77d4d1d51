import { readdirSync, readFileSync } from 'node:fs';

/** A program of a page, and what the page says that it prints. */
export interface Snippet {
  /** The path of its page. */
  readonly page: string;
  /** Where its block begins, as in `docs/guide/frames.md:12`. */
  readonly at: string;
  readonly code: string;
  /** What stands in the block of text under it; empty where there is none: then it prints nothing. */
  readonly output: string;
  /** The numbers of the output that are others each time. */
  readonly varying: readonly string[];
}

/** The pages that show programs. */
export const pages: readonly string[] = ['README.md', ...inFolder('docs'), ...inFolder('docs/guide')];

/** Those whose programs are for a page of a browser: `spec/system/guide.spec.ts` runs them in one. */
export const inBrowser: readonly string[] = ['docs/guide/browser.md'];

/** The page whose programs need Angular's compiler. */
export const inAngular = 'docs/guide/angular.md';

/** The two ports of a cable between two computers: `spec/system/cable.spec.ts` runs the programs at its ends together. */
export const cablePorts = ['/dev/serial0', '/dev/ttyUSB0'] as const;

/** Whether a program runs in Node by itself. */
export const isForNode = ({ page, code }: Snippet): boolean =>
  !inBrowser.includes(page) && page !== inAngular && !cablePorts.some((port) => code.includes(port));

function inFolder(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

const FENCE = /^(?:<!-- varies: ([^\n]*) -->\n+)?```(\w*)\n(.*?)^```$/gms;

/**
 * The programs of a page: its blocks of `ts`. A block of `text` behind one, before the next, is what it prints. What a
 * reader does not see, `<!-- varies: 24.9, 512 -->` above it, names those numbers in it in whose place there may be others,
 * with as many decimals.
 */
export function snippetsOf(page: string, text = readFileSync(page, 'utf8')): Snippet[] {
  const found: Snippet[] = [];
  for (const { 1: varying, 2: language, 3: code = '', index } of text.matchAll(FENCE)) {
    if (language === 'ts') {
      const line = text.slice(0, index).split('\n').length;
      found.push({ page, at: `${page}:${line}`, code, output: '', varying: [] });
    }
    const last = found.at(-1);
    if (language !== 'text') continue;
    if (last?.output !== '') throw new Error(`${page}: this is printed by no program:\n${code}`);
    found[found.length - 1] = { ...last, output: code, varying: varying?.split(', ') ?? [] };
  }
  return found;
}

/** What the output of a program has to match. */
export function expectedOutput({ at, output, varying }: Snippet): RegExp {
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  let pattern = escaped(output);
  for (const number of varying) {
    const [, decimals] = /^\d+(?:\.(\d+))?$/.exec(number) ?? never(`${at}: ${number} is no number that could vary`);
    const token = new RegExp(`(?<![\\d.])${escaped(escaped(number))}(?!\\d|\\\\\\.\\d)`, 'g');
    if (!token.test(pattern)) never(`${at}: there is no ${number} that could vary`);
    pattern = pattern.replace(token, decimals === undefined ? '\\d+' : `\\d+\\.\\d{${decimals.length}}`);
  }
  return new RegExp(`^${pattern}$`);
}

function never(what: string): never {
  throw new Error(what);
}
