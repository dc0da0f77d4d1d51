import { readdirSync, readFileSync } from 'node:fs';

/** The sections that a text cites, as "PROTOCOL 3 to 7" or "PROTOCOL 4, 5b". */
const citedIn = (text: string): string[] =>
  [...text.matchAll(/PROTOCOL ((?:\d+[a-c]?(?:, | to | and )?)+)/g)].flatMap(
    ([, list = '']) => list.match(/\d+[a-c]?/g) ?? [],
  );

const headings = readFileSync('docs/protocol.md', 'utf8').matchAll(/^#{2,3} (\d+[a-c]?)\. /gm);
const sections = [...headings].map(([, section]) => section);

const sources = ['lib', 'spec', 'samples', 'bench'].flatMap((folder) =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => /\.m?ts$/.test(path) && !path.includes('node_modules'))
    .map((path) => `${folder}/${path}`),
);

describe('docs/protocol.md', () => {
  it('has each section that the sources cite', () => {
    const cited = new Set(sources.flatMap((path) => citedIn(readFileSync(path, 'utf8'))));
    expect(cited.size).toBeGreaterThan(10);
    expect([...cited].filter((section) => !sections.includes(section))).toEqual([]);
  });

  it('is cited by lists and ranges, too', () => {
    expect(citedIn('(PROTOCOL 3 to 7), (PROTOCOL 4, 5b).')).toEqual(['3', '7', '4', '5b']);
  });
});

describe('docs/troubleshooting.md', () => {
  it('says what to do about each error code', () => {
    const codes = [...readFileSync('lib/errors.ts', 'utf8').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code);
    const rows = [...readFileSync('docs/troubleshooting.md', 'utf8').matchAll(/^\| `([A-Z_]+)` /gm)];
    expect(codes.length).toBeGreaterThan(15);
    expect(rows.map(([, code]) => code).sort()).toEqual(codes.sort());
  });
});
