/**
 * The import rules of the folders (CONTRIBUTING.md, "Folders"). The arrows show who is imported by whom:
 * errors <- wire <- frames, operators <- signals <- host <- cli, and operators <- device <- virtual <- cli.
 * operators, host, device and virtual may also import the contract of transports, transport/transport.ts.
 * spec/package/import-rules.spec.ts breaks each rule once and checks that the tool reports it.
 */

/** Forbids the files of `from` to import the files of `notTo`. */
const folder = (name, from, notTo, comment) => ({ name, comment, severity: 'error', from, to: { path: notTo } });
/** Matches all of lib/ except the allowed paths. */
const except = (...allowed) => `^lib/(?!(${allowed.join('|')}))`;

/** Lets only the files of `home` import a library. */
const library = (name, path, home) => ({
  name,
  severity: 'error',
  from: { path: '^lib/', pathNot: home },
  to: { path: `node_modules/(${path})/` },
});

/** Files that load a platform or an optional package. The core must not import them. */
const leaves = '^lib/(transport/[^/]+/|angular/|recording/|container\\.ts|cli/)';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^lib/', pathNot: '^lib/(index|cli/main)\\.ts$' },
      to: {},
    },
    { name: 'no-rxjs-internals', severity: 'error', from: {}, to: { path: 'rxjs/.*internal/' } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-undeclared-dependency',
      severity: 'error',
      from: { path: '^lib/' },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'],
        // jpeg-js is built into the package.
        pathNot:
          'node_modules/(rxjs|jpeg-js|@angular|serialport|@serialport|@mcap|@bufbuild|tsyringe|reflect-metadata|@types)/',
      },
    },
    {
      name: 'no-platform-in-the-core',
      comment: 'Only leaves, the command line and recording in Node may import Node built-ins.',
      severity: 'error',
      from: {
        path: '^lib/',
        pathNot: '^lib/(transport/(serialport|tcp|udp|websocket)/|cli/|recording/(?!(format|record|web)/))',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-leaf-in-the-core',
      comment: 'Programs import a leaf by its subpath. Inside lib/, only other leaves may import one.',
      severity: 'error',
      from: { path: '^lib/', pathNot: leaves },
      to: { path: leaves },
    },
    library('serialport-in-its-leaf', 'serialport|@serialport', '^lib/transport/serialport/'),
    library('ws-in-its-leaf', 'ws|@types/ws', '^lib/(transport/websocket|cli)/'),
    library('commander-in-the-command-line', 'commander', '^lib/cli/'),
    library(
      'cli-progress-in-the-progress-line',
      'cli-progress|@types/cli-progress',
      '^lib/cli/output/progress-line\\.ts$',
    ),
    library('open-in-the-view', 'open', '^lib/cli/commands/view\\.ts$'),
    library('jpeg-js-in-the-virtual-camera', 'jpeg-js', '^lib/virtual/'),
    library('crc-in-files', 'crc', '^lib/(frames/encode-png\\.ts$|recording/)'),
    library('tsyringe-in-the-container', 'tsyringe|reflect-metadata', '^lib/container\\.ts$'),
    library('angular-in-its-leaf', '@angular/[^/]+', '^lib/angular/'),
    library('mcap-in-the-recording', '@mcap/[^/]+|@bufbuild/protobuf', '^lib/recording/'),
    library('cborg-in-the-widgets', 'cborg', '^lib/widgets/'),
    {
      name: 'no-rxjs-in-wire',
      severity: 'error',
      from: { path: '^lib/(wire|errors|frames)' },
      to: { path: 'node_modules/rxjs/' },
    },
    folder(
      'errors-stand-alone',
      { path: '^lib/(errors|arguments|boards)\\.ts$' },
      '^lib/(?!errors\\.ts)',
      'Every folder may import these files; they may import only errors.ts.',
    ),
    folder('wire-knows-errors', { path: '^lib/wire/' }, except('wire/', '(errors|arguments|boards)\\.ts')),
    folder(
      'operators-know-wire',
      { path: '^lib/operators/' },
      except('operators/', 'wire/', '(errors|arguments|boards)\\.ts', 'transport/transport\\.ts'),
    ),
    folder(
      'signals-know-operators',
      { path: '^lib/signals/' },
      except('signals/', 'operators/', 'wire/', 'frames/', '(errors|arguments|boards)\\.ts'),
    ),
    folder(
      'widgets-know-wire',
      { path: '^lib/widgets/' },
      except('widgets/', 'wire/', '(errors|arguments|boards)\\.ts'),
    ),
    folder('frames-know-wire', { path: '^lib/frames/' }, except('frames/', 'wire/', '(errors|arguments|boards)\\.ts')),
    folder('transport-contract-stands-alone', { path: '^lib/transport/transport\\.ts$' }, '^lib/'),
    folder(
      'core-transports',
      { path: '^lib/transport/[^/]+\\.ts$' },
      except('transport/[^/]+\\.ts$', '(errors|arguments|boards)\\.ts'),
    ),
    {
      name: 'adapters-are-leaves',
      severity: 'error',
      from: { path: '^lib/transport/([^/]+)/' },
      to: {
        path: '^lib/',
        pathNot:
          '^lib/(transport/$1/|transport/(transport|connection|address|admission|network-failure)\\.ts$|(errors|arguments|boards)\\.ts$)',
      },
    },
    folder(
      'host-and-device-never-meet',
      { path: '^lib/host/' },
      except(
        'host/',
        'signals/',
        'operators/',
        'wire/',
        'frames/',
        '(errors|arguments|boards)\\.ts',
        'transport/transport\\.ts',
      ),
    ),
    folder(
      'device-and-host-never-meet',
      { path: '^lib/device/' },
      except('device/', 'operators/', 'wire/', 'frames/', '(errors|arguments|boards)\\.ts', 'transport/transport\\.ts'),
    ),
    folder(
      'virtual-cameras-are-devices',
      { path: '^lib/virtual/' },
      except(
        'virtual/',
        'device/',
        'operators/',
        'wire/',
        'frames/',
        'widgets/',
        '(errors|arguments|boards)\\.ts',
        'transport/(transport|memory)\\.ts',
      ),
    ),
    folder('angular-knows-the-core', { path: '^lib/angular/' }, except('angular/', 'index\\.ts')),
    folder(
      'recordings-know-the-core',
      { path: '^lib/recording/(format|record)/' },
      except(
        'recording/(format|record)/',
        'host/',
        'signals/',
        'operators/',
        'wire/',
        'frames/',
        '(errors|arguments|boards)\\.ts',
      ),
      'Pages and Node record with the same code, so it must not depend on a platform.',
    ),
    folder('formats-know-no-recording', { path: '^lib/recording/format/' }, '^lib/recording/record/'),
    folder(
      'pages-record-without-node',
      { path: '^lib/recording/web/' },
      except('recording/(format|record|web)/', 'host/', '(errors|arguments|boards)\\.ts'),
    ),
    folder('pages-are-pages', { path: '^lib/', pathNot: '^lib/recording/web/' }, '^lib/recording/web/'),
    folder('nothing-imports-the-command-line', { path: '^lib/', pathNot: '^lib/cli/' }, '^lib/cli/'),
    {
      name: 'samples-import-the-package-by-name',
      severity: 'error',
      from: { path: '^samples/' },
      to: { path: '^(lib|dist)/', dependencyTypesNot: ['aliased-tsconfig-paths', 'aliased', 'aliased-subpath-import'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // This sample has its own node_modules, so its own build checks it.
    exclude: { path: '^samples/angular-live-view/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
