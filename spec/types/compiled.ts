import { join } from 'node:path';
import ts from 'typescript';

const name = join(process.cwd(), 'samples', 'compiled-by-a-spec.ts');

const { config } = ts.readConfigFile('tsconfig.json', (file) => ts.sys.readFile(file)) as { config: object };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());

/** What programs have in common: the library and the types of its dependencies are parsed once. */
const parsed = new Map<string, ts.SourceFile | undefined>();
let last: ts.Program | undefined;

/** What the compiler says to a program that imports the library by its name: each error with its line, from 0 on. */
function errorsIn(text: string): { readonly line: number; readonly message: string }[] {
  const plain = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...plain,
    fileExists: (file) => file === name || plain.fileExists(file),
    getSourceFile: (file, ...rest) => {
      if (file === name) {
        return ts.createSourceFile(file, text, {
          languageVersion: ts.ScriptTarget.ES2022,
          impliedNodeFormat: ts.ModuleKind.ESNext,
        });
      }
      if (!parsed.has(file)) parsed.set(file, plain.getSourceFile(file, ...rest));
      return parsed.get(file);
    },
  };
  const program = ts.createProgram([name], { ...options, noUnusedLocals: false }, host, last);
  last = program;
  const source = program.getSourceFile(name);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText, start = 0 }) => ({
      line: source?.getLineAndCharacterOfPosition(start).line ?? 0,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }),
  );
}

/**
 * What is wrong with the types of some lines of a program, of which each stands by itself: those that should compile and
 * do not, with the error, and those that should not and do.
 *
 * @param head what stands before each line, on one line
 */
export function misjudged(head: string, lines: Readonly<Record<'compile' | 'reject', readonly string[]>>): string[] {
  const all = [...lines.compile, ...lines.reject];
  const errors = errorsIn([head, ...all.map((line) => `{ ${line} }`), 'export {};'].join('\n'));
  const inHead = errors.filter(({ line }) => line === 0).map(({ message }) => `the head: ${message}`);
  const wrong = all.flatMap((line, i) => {
    const found = errors.find((error) => error.line === i + 1);
    if (i < lines.compile.length) return found === undefined ? [] : [`${line} – ${found.message}`];
    return found === undefined ? [`${line} – compiles`] : [];
  });
  return [...inHead, ...wrong];
}
