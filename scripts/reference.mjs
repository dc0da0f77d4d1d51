// The reference: a page for everything that a subpath exports, from the doc comments, with the README in front and the guide
// beside it, into docs/reference, or the folder named by `--out`. `--check` writes nothing, and fails on what readers would stumble over: a link to nothing, an
// export that no page is about or that nobody has described, an example that does not compile.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { Application, JSX } from 'typedoc';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const { check, out } = parseArgs({ options: { check: { type: 'boolean' }, out: { type: 'string' } } }).values;
const { exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

/** What programs import, by the file of `lib/` that it is made from: `./dist/transport/tcp/index.d.ts` is `lib/transport/tcp/index.ts`. */
const entries = new Map(
  Object.entries(exports).flatMap(([subpath, { types }]) =>
    types === undefined
      ? []
      : [[types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'lib/$1.ts'), `openmv-rx${subpath.slice(1)}`]],
  ),
);

/** The pages of the guide in the order of its index. */
const index = readFileSync(`${root}/docs/guide/index.md`, 'utf8');
const guide = ['index.md', ...[...index.matchAll(/^\d+\. \[.*?\]\((.*?)\)/gm)].map(([, page]) => page)];

const app = await Application.bootstrap({
  name: 'openmv-rx',
  entryPoints: [...entries.keys()].map((file) => `${root}/${file}`),
  tsconfig: `${root}/tsconfig.build.json`,
  readme: `${root}/README.md`,
  projectDocuments: [...guide.map((page) => `${root}/docs/guide/${page}`), `${root}/docs/*.md`],
  navigation: { includeFolders: false },
  basePath: root,
  out: out === undefined ? `${root}/docs/reference` : resolve(out),
  cleanOutputDir: true,
  // check:types does that.
  skipErrorChecking: true,
  disableSources: true,
  highlightLanguages: ['typescript', 'javascript', 'json', 'html', 'bash', 'python'],
  excludeInternal: true,
  excludePrivate: true,
  validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: true, rewrittenLink: true },
  // What a member is, its name may say; what is exported has to be described.
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Variable', 'Enum'],
});

const project = await app.convert();
if (project === undefined) process.exit(1);
for (const module of project.children ?? []) {
  const file = [...entries.keys()].find((path) => path.replace(/(\/index)?\.ts$/, '') === module.name);
  module.name = entries.get(file) ?? module.name;
}
// A page is called by its heading.
for (const page of project.documents ?? []) page.name = /^# (.*)$/m.exec(page.content[0].text)?.[1] ?? page.name;
app.validate(project);
for (const complaint of complaints(examplesOf(project))) app.logger.warn(complaint);
// The site has the demo beside the reference.
const demo = (page) => JSX.createElement('a', { href: page.relativeURL('demo/index.html') }, 'Demo: a virtual camera');
if (out !== undefined) app.renderer.hooks.on('sidebar.begin', demo);
if (!check) await app.generateOutputs(project);
const { warningCount, errorCount } = app.logger;
if (warningCount + errorCount > 0) {
  process.stderr.write('reference: mend the doc comments that these warnings are about\n');
  process.exitCode = 1;
}

/** The code of each `@example`, by the name of what it is an example of. */
function examplesOf(documented) {
  const found = new Map();
  for (const reflection of Object.values(documented.reflections)) {
    const tags = reflection.comment?.getTags('@example') ?? [];
    for (const [number, { content }] of tags.entries()) {
      const text = content.map((part) => part.text).join('');
      found.set(`${reflection.getFullName()}, example ${number + 1}`, /```ts\n([\s\S]*?)```/.exec(text)?.[1]);
    }
  }
  return found;
}

/** What the compiler says to the examples, each as a program that imports the library by its name. */
function complaints(examples) {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, root);
  // An example may name what it shows without using it.
  const options = { ...parsed.options, noUnusedLocals: false };
  const files = new Map(
    [...examples].map(([name, code], number) => [`${root}/samples/example-${number}.ts`, { name, code }]),
  );
  const plain = ts.createCompilerHost(options);
  const program = ts.createProgram([...files.keys()], options, {
    ...plain,
    fileExists: (path) => files.has(path) || plain.fileExists(path),
    getSourceFile: (path, ...rest) =>
      files.has(path)
        ? ts.createSourceFile(path, files.get(path).code ?? '', {
            languageVersion: ts.ScriptTarget.ES2022,
            impliedNodeFormat: ts.ModuleKind.ESNext,
          })
        : plain.getSourceFile(path, ...rest),
  });
  return [...files].flatMap(([path, { name, code }]) => {
    if (code === undefined) return [`${name}: has no block of ts`];
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}
