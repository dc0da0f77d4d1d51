import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { deadLinks } = (await import(join(process.cwd(), 'scripts/dead-links.mjs'))) as {
  deadLinks: (folder: string) => string[];
};

describe('the links of the site', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openmv-rx-site-'));
    writeFileSync(join(folder, 'other.html'), '<h1 id="first">First</h1>');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('are dead if a file or heading is missing, or if they leave the site', () => {
    const links = ['othre.html', 'other.html#frist', '#nowhere', '../outside.html', '/other.html', 'picture.png'];
    const html = links.map((link) =>
      link.endsWith('.png') ? `<img alt="" src="${link}">` : `<a href="${link}">a</a>`,
    );
    writeFileSync(join(folder, 'index.html'), html.join('\n'));
    expect(deadLinks(folder)).toEqual([
      'index.html: othre.html is not there',
      'index.html: other.html#frist has no such heading',
      'index.html: #nowhere has no such heading',
      'index.html: ../outside.html is not in the site',
      'index.html: /other.html is absolute, so it is dead unless the site is at the root of its host',
      'index.html: picture.png is not there',
    ]);
  });

  it('are alive if they lead to a file, a heading, a folder with an index, or another site', () => {
    const links = ['other.html', 'other.html#first', '.', '#', 'https://example.org/x', 'mailto:a@example.org'];
    writeFileSync(join(folder, 'index.html'), links.map((link) => `<a href="${link}">a</a>`).join('\n'));
    expect(deadLinks(folder)).toEqual([]);
  });
});
