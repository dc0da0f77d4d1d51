import { anchorsOf, broken, documents, linksOf } from './links.js';

const wrongIn = (page: string, text?: string) => linksOf(page, text).flatMap((link) => broken(link) ?? []);

describe('the links of the documents', () => {
  it('are looked for in all that people read', () => {
    expect(documents).toEqual(
      expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/guide/index.md', 'samples/live-view/README.md']),
    );
    expect(documents.flatMap((page) => linksOf(page)).length).toBeGreaterThan(60);
  });

  it.each(documents)('of %s lead to what is there', (page) => {
    expect(wrongIn(page)).toEqual([]);
  });

  it('lead from page to page of the guide, and back', () => {
    const pages = documents.filter((page) => page.startsWith('docs/guide/') && !page.endsWith('index.md'));
    const order = linksOf('docs/guide/index.md').filter(({ path }) => pages.includes(path));
    const ways = [...new Set(order.map(({ path }) => path))];
    expect([...ways].sort()).toEqual([...pages].sort());
    ways.forEach((page, number) => {
      const there = linksOf(page).map(({ path }) => path);
      const neighbours = [ways[number - 1], 'docs/guide/index.md', ways[number + 1]];
      expect(there).toEqual(expect.arrayContaining(neighbours.filter((path) => path !== undefined)));
    });
  });
});

describe('a link', () => {
  it('is found out when its file, or its heading, is not there, or is not of this repository', () => {
    expect(
      wrongIn('docs/guide/index.md', '[a](connect.md#which-port) [b](conect.md) [c](connect.md#wich-port)'),
    ).toEqual([
      'docs/guide/index.md: conect.md is not there',
      'docs/guide/index.md: connect.md#wich-port has no heading of that name',
    ]);
    expect(wrongIn('README.md', '[a](../elsewhere) [b](#quick-start) [c](#slow-start)')).toHaveLength(2);
  });

  it('is none in code, and none to another site', () => {
    expect(linksOf('README.md', '`[a](b)` [c](https://example.org)\n```ts\n[d](e)\n```\n')).toEqual([]);
  });

  it('to a heading is written as GitHub writes it', () => {
    const headings = '# What a page, or `code`, says: 1.0\n\n## Links to [others](x.md)\n\n## Links to others\n';
    expect(anchorsOf(headings)).toEqual(['what-a-page-or-code-says-10', 'links-to-others', 'links-to-others-1']);
  });
});
