// The API report: what each subpath exports, as one file a subpath in api/. `--update` writes it anew; without, a difference
// is an error, so that a change of what users see shows in review. An export without a doc comment is one, too.
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const update = process.argv.includes('--update');
const { exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

const entries = Object.entries(exports).filter(([, { types }]) => types !== undefined);
/** What any subpath exports: an entry need not export a name again that it uses from another. */
const exported = exportedNames(entries.map(([, { types }]) => `${root}/${types}`));

mkdirSync(`${root}/api`, { recursive: true });
let failed = false;
for (const [subpath, entry] of entries) {
  const name = subpath === '.' ? 'openmv-rx' : `openmv-rx-${subpath.slice(2)}`;
  const config = ExtractorConfig.prepare({
    configObjectFullPath: `${root}/api/${name}.json`,
    packageJsonFullPath: `${root}/package.json`,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: `${root}/${entry.types}`,
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: `${root}/tsconfig.build.json` },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: `${root}/api`,
        reportTempFolder: tmpdir(),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
          'ae-undocumented': { logLevel: ExtractorLogLevel.Error },
          'ae-forgotten-export': { logLevel: ExtractorLogLevel.Error },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(config, {
    localBuild: update,
    showVerboseMessages: false,
    messageCallback: (message) => {
      // What a member of an interface is, its name may say; an export has to.
      const isMember = message.messageId === 'ae-undocumented' && message.sourceFileColumn > 1;
      const isElsewhere =
        message.messageId === 'ae-forgotten-export' && exported.has(/"(\w+)"/.exec(message.text)?.[1]);
      const isNotice = message.messageId === 'console-compiler-version-notice';
      if (isMember || isElsewhere || isNotice) message.logLevel = ExtractorLogLevel.None;
    },
  });
  if (apiReportChanged && !update) {
    process.stderr.write(
      `api: what ${name} exports has changed: run "npm run api" and look at the difference in api/${name}.api.md\n`,
    );
  }
  failed ||= !succeeded || (apiReportChanged && !update);
}
process.exitCode = failed ? 1 : 0;

function exportedNames(files) {
  const program = ts.createProgram(files, {
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    module: ts.ModuleKind.NodeNext,
  });
  const checker = program.getTypeChecker();
  const modules = files.map((file) => checker.getSymbolAtLocation(program.getSourceFile(file)));
  return new Set(modules.flatMap((symbol) => checker.getExportsOfModule(symbol).map(({ name }) => name)));
}
