import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const documents = ['README.md', 'CONTRIBUTING.md'];

/** Each ```ts block of the documents, with the line where it begins. */
const snippets = documents.flatMap((document) => {
  const text = readFileSync(document, 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => ({
    at: `${document}:${text.slice(0, match.index).split('\n').length}`,
    code: match[1]!,
  }));
});

/** What the compiler says to the snippets, as files of the project that import the library by its name. */
function diagnose(files: Map<string, string>): string[] {
  const { config } = ts.readConfigFile('tsconfig.json', (name) => ts.sys.readFile(name)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const plain = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...plain,
    fileExists: (name) => files.has(name) || plain.fileExists(name),
    readFile: (name) => files.get(name) ?? plain.readFile(name),
    getSourceFile: (name, ...rest) => {
      const text = files.get(name);
      return text === undefined
        ? plain.getSourceFile(name, ...rest)
        : ts.createSourceFile(name, text, {
            languageVersion: ts.ScriptTarget.ES2022,
            impliedNodeFormat: ts.ModuleKind.ESNext,
          });
    },
  });
  return [...files.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

const asFile = (number: number) => join(process.cwd(), 'samples', `snippet-${number}.ts`);

describe('the snippets of the documents', () => {
  it('are there', () => {
    expect(snippets.map(({ at }) => at)).toContainEqual(expect.stringMatching(/^README\.md:/));
  });

  it('compile against the library', () => {
    expect(diagnose(new Map(snippets.map(({ code }, number) => [asFile(number), code])))).toEqual([]);
  });

  it('would not compile with a name that the library does not have', () => {
    const wrong = new Map([[asFile(0), "import { Kamera } from 'openmv-rx'; export { Kamera };"]]);
    expect(diagnose(wrong)).toEqual([expect.stringMatching(/has no exported member.* 'Kamera'/)]);
  });
});
