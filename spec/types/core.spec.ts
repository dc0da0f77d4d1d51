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

/** The core's program with `text` added to it as one more file of the core. */
function withFile(text: string): { program: ts.Program; errors: string[] } {
  const added = join(process.cwd(), 'lib/host/added-by-a-spec.ts');
  const plain = ts.createCompilerHost(core.options);
  const host: ts.CompilerHost = {
    ...plain,
    fileExists: (name) => name === added || plain.fileExists(name),
    getSourceFile: (name, ...rest) =>
      name === added
        ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true)
        : plain.getSourceFile(name, ...rest),
  };
  const program = ts.createProgram([...core.fileNames, added], core.options, host);
  const file = program.getSourceFile(added);
  const errors = program
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return { program, errors };
}

describe('the core, compiled by tsconfig.core.json', () => {
  const foreign = [
    'Buffer', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'console', 'document', 'window',
    'navigator', 'fetch', 'WebSocket', 'Blob', 'Image', 'ImageData', 'require',
  ]; // prettier-ignore

  it('knows no platform', () => {
    const { errors } = withFile(foreign.map((name) => `void ${name};`).join('\n'));
    const rejected = foreign.filter((name) => errors.some((error) => error.includes(`Cannot find name '${name}'`)));
    expect(rejected).toEqual(foreign);
  });

  it('knows no Node module', () => {
    const { errors } = withFile("import { readFileSync } from 'node:fs'; export { readFileSync };");
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain("Cannot find module 'node:fs'");
  });

  it('takes no platform in through the types of a dependency', () => {
    const { program } = withFile('export {};');
    const libraries = program
      .getSourceFiles()
      .map(({ fileName }) => fileName)
      .filter((name) => /node_modules\/@types\/|\/lib\.(dom|webworker|scripthost)/.test(name));
    expect(libraries).toEqual([]);
  });
});
