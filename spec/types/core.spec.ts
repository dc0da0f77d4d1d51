import { join } from 'node:path';
import ts from 'typescript';

const core = (() => {
  const read = ts.getParsedCommandLineOfConfigFile('tsconfig.core.json', undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  });
  if (read === undefined) throw new Error('tsconfig.core.json can not be read');
  return read;
})();

/** The core's program with more files of the core in it, by their names. */
function withFiles(texts: Readonly<Record<string, string>>): {
  program: ts.Program;
  errorsIn: (name: string) => string[];
} {
  const path = (name: string): string => join(process.cwd(), 'lib/host', name);
  const added = new Map(Object.entries(texts).map(([name, text]) => [path(name), text]));
  const plain = ts.createCompilerHost(core.options);
  const host: ts.CompilerHost = {
    ...plain,
    fileExists: (name) => added.has(name) || plain.fileExists(name),
    getSourceFile: (name, ...rest) => {
      const text = added.get(name);
      if (text === undefined) return plain.getSourceFile(name, ...rest);
      return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
    },
  };
  const program = ts.createProgram([...core.fileNames, ...added.keys()], core.options, host);
  const errorsIn = (name: string): string[] =>
    program
      .getSemanticDiagnostics(program.getSourceFile(path(name)))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return { program, errorsIn };
}

describe('the core, compiled by tsconfig.core.json', () => {
  const foreign = [
    'Buffer', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'console', 'document', 'window',
    'navigator', 'fetch', 'WebSocket', 'Blob', 'Image', 'ImageData', 'require',
  ]; // prettier-ignore
  // One program for all: it is the whole core.
  const { program, errorsIn } = withFiles({
    'platform.ts': [...foreign.map((name) => `void ${name};`), 'export {};'].join('\n'),
    'module-of-node.ts': "import { readFileSync } from 'node:fs'; export { readFileSync };",
  });

  it('knows no platform', () => {
    const errors = errorsIn('platform.ts');
    const rejected = foreign.filter((name) => errors.some((error) => error.includes(`Cannot find name '${name}'`)));
    expect(rejected).toEqual(foreign);
  });

  it('knows no Node module', () => {
    const errors = errorsIn('module-of-node.ts');
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain("Cannot find module 'node:fs'");
  });

  it('takes no platform in through the types of a dependency', () => {
    const libraries = program
      .getSourceFiles()
      .map(({ fileName }) => fileName)
      .filter((name) => /node_modules\/@types\/|\/lib\.(dom|webworker|scripthost)/.test(name));
    expect(libraries).toEqual([]);
  });
});
