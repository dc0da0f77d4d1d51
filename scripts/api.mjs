// The API report: what each subpath exports, as one file a subpath in api/. `--update` writes it anew; without, a difference
// is an error, so that a change of what users see shows in review. An export without a doc comment is one, too.
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('..', import.meta.url));
const update = process.argv.includes('--update');
const { exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

/** What the main entry exports, and so no subpath need do again. */
const core = new Set();

mkdirSync(`${root}/api`, { recursive: true });
let failed = false;
for (const [subpath, entry] of Object.entries(exports)) {
  if (entry.types === undefined) continue;
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
      const isOfCore =
        subpath !== '.' && message.messageId === 'ae-forgotten-export' && core.has(/"(\w+)"/.exec(message.text)?.[1]);
      const isNotice = message.messageId === 'console-compiler-version-notice';
      if (isMember || isOfCore || isNotice) message.logLevel = ExtractorLogLevel.None;
    },
  });
  if (apiReportChanged && !update) {
    process.stderr.write(
      `api: what ${name} exports has changed: run "npm run api" and look at the difference in api/${name}.api.md\n`,
    );
  }
  if (subpath === '.') {
    const report = readFileSync(`${root}/api/${name}.api.md`, 'utf8');
    for (const [, exported] of report.matchAll(/^export (?:abstract )?(?:class|const|function|interface|type) (\w+)/gm))
      core.add(exported);
  }
  failed ||= !succeeded || (apiReportChanged && !update);
}
process.exitCode = failed ? 1 : 0;
