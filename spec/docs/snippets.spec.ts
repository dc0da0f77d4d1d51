import { transform } from 'esbuild';
import { complaints } from './compiling.js';
import { runAll, type Run } from './running.js';
import { expectedOutput, isForNode, pages, snippetsOf, type Snippet } from './snippet.js';

const snippets = pages.flatMap((page) => snippetsOf(page));
const forNode = snippets.filter(isForNode);

/** A page with one program, and what it says of it. */
const page = (code: string, output = '', varies = ''): Snippet =>
  snippetsOf('a page', `\`\`\`ts\n${code}\n\`\`\`\n\n${varies}\n\n\`\`\`text\n${output}\n\`\`\`\n`)[0]!;

/** What is wrong with what came of a program, or nothing. */
function verdict(snippet: Snippet, run: Run): string {
  if (run.ended !== 0) return `${run.ended}: ${run.printed}`;
  return expectedOutput(snippet).test(run.printed) ? '' : `printed:\n${run.printed}shown:\n${snippet.output}`;
}

describe('the programs of the documents', () => {
  it('are there, in every page of the guide', () => {
    const silent = pages.filter((name) => name.startsWith('docs/guide/') && !snippets.some((one) => one.page === name));
    expect(silent).toEqual([]);
    expect(snippets.length).toBeGreaterThan(40);
  });

  it('are plain JavaScript, as `node first.mjs` takes it', async () => {
    const typed = (code: string) =>
      transform(code, { loader: 'js', logLevel: 'silent' }).then(
        () => [],
        (error: unknown) => [String(error)],
      );
    const found = forNode.map(async ({ at, code }) => (await typed(code)).map((message) => `${at}: ${message}`));
    expect((await Promise.all(found)).flat()).toEqual([]);
    expect(await typed('const config = json<{ quality: number }>();')).toHaveLength(1);
    expect(await typed('const save = (index: number) => index;')).toHaveLength(1);
  });

  it('compile against the library, as strictly as the library does', () => {
    const wrong = [
      ['wrong', "import { Kamera } from 'openmv-rx'; export { Kamera };"],
      ['lax', 'export const first = (all: string[]): string => all[0];'],
    ] as const;
    expect(complaints(new Map([...wrong, ...snippets.map(({ at, code }) => [at, code] as const)]))).toEqual([
      expect.stringMatching(/^wrong: .* has no exported member.* 'Kamera'/),
      expect.stringMatching(/^lax: .* is not assignable to type 'string'/),
    ]);
  }, 120_000);

  describe('run, end by themselves, and print what is shown', () => {
    let runs: ReadonlyMap<Snippet, Run>;

    beforeAll(async () => {
      runs = await runAll(forNode);
    }, 300_000);

    it.each(forNode.map((snippet) => [snippet.at, snippet] as const))('%s', (_, snippet) => {
      expect(verdict(snippet, runs.get(snippet)!)).toBe('');
    });
  });
});

describe('a program of a document', () => {
  const hello = "console.log('hello');";

  it('is found out when it prints something else, fails, or prints what is not shown', async () => {
    const wrong = [page(hello, 'hallo'), page(`${hello} throw new Error('no');`, 'hello'), page(hello)];
    const right = page(hello, 'hello');
    const runs = await runAll([...wrong, right]);
    expect(wrong.map((snippet) => verdict(snippet, runs.get(snippet)!))).toEqual([
      'printed:\nhello\nshown:\nhallo\n',
      expect.stringContaining('Error: no'),
      'printed:\nhello\nshown:\n\n',
    ]);
    expect(verdict(right, runs.get(right)!)).toBe('');
  }, 120_000);

  it('may print other numbers where the page says so, and nowhere else', () => {
    const shown = page(hello, 'frame 3: 8858 bytes, 24.9 fps', '<!-- varies: 8858, 24.9 -->');
    const fits = (printed: string) => expectedOutput(shown).test(`${printed}\n`);
    expect(fits('frame 3: 912 bytes, 25.0 fps')).toBe(true);
    expect(fits('frame 4: 912 bytes, 25.0 fps')).toBe(false);
    expect(fits('frame 3: 912 bytes, 25 fps')).toBe(false);
    expect(fits('frame 3: many bytes, 25.0 fps')).toBe(false);
    expect(() => expectedOutput(page(hello, '8858', '<!-- varies: 88 -->'))).toThrow('there is no 88');
    expect(() => expectedOutput(page(hello, 'many', '<!-- varies: many -->'))).toThrow('no number');
  });

  it('is the one behind which the output stands', () => {
    expect(() => snippetsOf('a page', '```text\nhello\n```\n')).toThrow('printed by no program');
  });
});
