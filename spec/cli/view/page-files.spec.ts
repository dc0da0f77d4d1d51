import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pageFiles } from '../../../lib/cli/commands/view.js';

const PAGE = pathToFileURL('samples/live-view/page/');

describe('pageFiles', () => {
  it('finds the files under the paths that the page uses', async () => {
    const html = readFileSync(new URL('index.html', PAGE), 'utf8');
    const wanted = [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(wanted).toHaveLength(3);
    const folder = mkdtempSync(join(tmpdir(), 'openmv-rx-'));
    for (const name of ['/index.html', ...wanted]) writeFileSync(join(folder, name), name);
    const files = await pageFiles(pathToFileURL(`${folder}/`));
    rmSync(folder, { recursive: true });
    expect([...files.keys()].sort()).toEqual(['/', ...wanted].sort());
    expect(files.get('/')).toEqual({ type: 'text/html; charset=utf-8', body: Buffer.from('/index.html') });
  });

  it('rejects if the page was not built', async () => {
    await expect(pageFiles(PAGE)).rejects.toThrow('main.js');
  });
});
