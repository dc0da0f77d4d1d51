import { join } from 'node:path';
import ts from 'typescript';

const { config } = ts.readConfigFile('tsconfig.json', (name) => ts.sys.readFile(name)) as { config: object };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());

/** What the compiler says to programs, by their names, as files of the project that import the library by its name. */
export function complaints(programs: ReadonlyMap<string, string>): string[] {
  const names = [...programs.keys()];
  const files = new Map(names.map((name, number) => [join(process.cwd(), 'samples', `snippet-${number}.ts`), name]));
  const plain = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...plain,
    fileExists: (path) => files.has(path) || plain.fileExists(path),
    getSourceFile: (path, ...rest) => {
      const name = files.get(path);
      if (name === undefined) return plain.getSourceFile(path, ...rest);
      return ts.createSourceFile(path, programs.get(name) ?? '', {
        languageVersion: ts.ScriptTarget.ES2022,
        impliedNodeFormat: ts.ModuleKind.ESNext,
      });
    },
  });
  return [...files].flatMap(([path, name]) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}
