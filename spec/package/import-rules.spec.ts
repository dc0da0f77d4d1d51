import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Each rule of .dependency-cruiser.cjs, broken once: the file that breaks it, and its text. */
const breaks: [rule: string, file: string, text: string][] = [
  ['no-cycles', 'lib/host/back.ts', "import './there.js';"],
  ['no-orphans', 'lib/host/orphan.ts', 'export const nobody = 1;'],
  ['no-rxjs-internals', 'lib/host/internals.ts', "import 'rxjs/internal/Observable';"],
  ['not-to-unresolvable', 'lib/host/unresolvable.ts', "import './nowhere.js';"],
  ['no-undeclared-dependency', 'lib/host/undeclared.ts', "import 'fast-check';"],
  ['no-platform-in-the-core', 'lib/wire/node.ts', "import 'node:fs';"],
  ['no-platform-in-the-core', 'lib/host/unprefixed.ts', "import 'fs';"],
  ['no-leaf-in-the-core', 'lib/index.ts', "import './transport/serialport/index.js';"],
  ['serialport-in-its-leaf', 'lib/host/serial.ts', "import 'serialport';"],
  ['ws-in-its-leaf', 'lib/host/socket.ts', "import type { WebSocket } from 'ws'; export type S = WebSocket;"],
  ['commander-in-the-command-line', 'lib/host/link/command.ts', "import 'commander';"],
  ['cli-progress-in-the-progress-line', 'lib/cli/commands/progress.ts', "import 'cli-progress';"],
  ['open-in-the-view', 'lib/cli/commands/browser.ts', "import 'open';"],
  ['jpeg-js-in-the-virtual-camera', 'lib/host/jpeg.ts', "import 'jpeg-js';"],
  ['crc-in-files', 'lib/host/crc.ts', "import 'crc/calculators/crc32';"],
  ['tsyringe-in-the-container', 'lib/host/inject.ts', "import 'tsyringe';"],
  ['angular-in-its-leaf', 'lib/host/angular.ts', "import '@angular/core';"],
  ['angular-knows-the-core', 'lib/angular/index.ts', "import '../wire/packet.js';"],
  ['mcap-in-the-recording', 'lib/host/mcap.ts', "import '@mcap/core';"],
  ['cborg-in-the-widgets', 'lib/host/cbor.ts', "import 'cborg';"],
  ['no-rxjs-in-wire', 'lib/wire/rx.ts', "import type { Observable } from 'rxjs'; export type O = Observable<1>;"],
  ['errors-stand-alone', 'lib/errors.ts', "import './wire/packet.js';"],
  ['wire-knows-errors', 'lib/wire/upwards.ts', "import '../host/camera.js';"],
  ['operators-know-wire', 'lib/operators/upwards.ts', "import '../host/camera.js';"],
  ['frames-know-wire', 'lib/frames/upwards.ts', "import '../host/camera.js';"],
  ['widgets-know-wire', 'lib/widgets/upwards.ts', "import '../host/camera.js';"],
  ['transport-contract-stands-alone', 'lib/transport/transport.ts', "import '../wire/packet.js';"],
  ['core-transports', 'lib/transport/faulty.ts', "import '../host/camera.js';"],
  ['adapters-are-leaves', 'lib/transport/serialport/index.ts', "import '../../wire/packet.js';"],
  ['adapters-are-leaves', 'lib/transport/websocket/index.ts', "import '../serialport/index.js';"],
  ['adapters-are-leaves', 'lib/transport/udp/index.ts', "import '../faulty.js';"],
  ['signals-know-operators', 'lib/signals/upwards.ts', "import '../host/camera.js';"],
  ['virtual-cameras-are-devices', 'lib/virtual/upwards.ts', "import '../host/camera.js';"],
  ['host-and-device-never-meet', 'lib/host/meets.ts', "import '../device/device.js';"],
  ['device-and-host-never-meet', 'lib/device/meets.ts', "import '../host/camera.js';"],
  ['no-platform-in-the-core', 'lib/recording/record/node.ts', "import 'node:fs';"],
  ['recordings-know-the-core', 'lib/recording/record/upwards.ts', "import '../disk.js';"],
  ['formats-know-no-recording', 'lib/recording/format/upwards.ts', "import '../record/record-session.js';"],
  ['pages-record-without-node', 'lib/recording/web/record.ts', "import '../disk.js';"],
  ['pages-are-pages', 'lib/recording/backwards.ts', "import './web/record.js';"],
  ['nothing-imports-the-command-line', 'lib/operators/command.ts', "import '../cli/main.js';"],
  ['samples-import-the-package-by-name', 'samples/path/main.ts', "import '../../lib/host/camera.js';"],
];

/** What the rules allow, so that the breaks above are not caught by a rule that forbids everything. */
const allowed: [file: string, text: string][] = [
  // One end of the cycle: a cycle is reported once, at the other.
  ['lib/host/there.ts', "import './back.js';"],
  ['lib/wire/packet.ts', 'export const packet = 1;'],
  ['lib/host/camera.ts', "import 'rxjs'; import '../wire/packet.js'; import '../operators/decode.js';"],
  ['lib/device/device.ts', "import '../wire/packet.js'; import '../operators/decode.js';"],
  ['lib/virtual/virtual-camera.ts', "import 'jpeg-js'; import '../device/device.js'; import '../wire/packet.js';"],
  ['lib/signals/lines.ts', "import 'rxjs'; import '../operators/decode.js';"],
  ['lib/operators/decode.ts', "import 'rxjs'; import '../wire/packet.js';"],
  ['lib/transport/address.ts', "import '../errors.js';"],
  ['lib/transport/tcp/index.ts', "import 'node:net'; import '../address.js'; import '../transport.js';"],
  ['lib/recording/disk.ts', "import 'node:fs'; import './record/record-session.js';"],
  [
    'lib/recording/record/record-session.ts',
    "import '@mcap/core'; import '../../host/camera.js'; import '../format/crc.js';",
  ],
  ['lib/recording/format/crc.ts', "import '@bufbuild/protobuf'; import '../../wire/packet.js';"],
  [
    'lib/recording/web/index.ts',
    "import 'crc/calculators/crc32'; import '../record/record-session.js'; import '../../host/camera.js';",
  ],
  [
    'lib/cli/main.ts',
    "import 'commander'; import 'node:fs'; import '../host/camera.js'; import '../device/device.js';",
  ],
  ['samples/name/main.ts', "import 'openmv-rx'; import 'openmv-rx/serialport';"],
];

interface Cruise {
  summary: { violations: { from: string; rule: { name: string } }[] };
}

describe('the import rules', () => {
  const root = process.cwd();
  let folder = '';
  let found: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openmv-rx-rules-'));
    for (const name of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs'])
      await copyFile(join(root, name), join(folder, name));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [file, text] of [...allowed, ...breaks.map(([, file, text]) => [file, text] as const)]) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), `${text}\n`);
    }
    const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [program, 'lib', 'samples', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
      { cwd: folder, maxBuffer: 16 << 20 },
    );
    const { summary } = JSON.parse(stdout) as Cruise;
    found = summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  }, 60_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(breaks)('reports %s in %s', (rule, file) => {
    expect(found).toContain(`${rule}: ${file}`);
  });

  it.each(allowed)('allows what %s imports', (file) => {
    expect(found.filter((violation) => violation.endsWith(`: ${file}`))).toEqual([]);
  });

  it('has no rule that is not broken here', async () => {
    const { default: config } = (await import(join(root, '.dependency-cruiser.cjs'))) as {
      default: { forbidden: { name: string }[] };
    };
    expect(new Set(breaks.map(([rule]) => rule))).toEqual(new Set(config.forbidden.map(({ name }) => name)));
  });
});
