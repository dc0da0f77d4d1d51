import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { audit } from '../recording/support/audit.js';

interface PackageJson {
  name: string;
  version: string;
  bin: Record<string, string>;
  exports: Record<string, string | { types: string; default: string }>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

const root = process.cwd();
const run = promisify(execFile);
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const node = (cwd: string, ...args: string[]) => run(process.execPath, args, { cwd });
const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageJson;
const subpaths = Object.keys(manifest.exports).filter((path) => path !== './package.json');
const specifier = (subpath: string) => manifest.name + subpath.slice(1);

/** What a program imports by name, so that none of it is lost unseen. */
const names: Record<string, string[]> = {
  '.': [
    'OpenMVError',
    'isOpenMVError',
    'Camera',
    'Cameras',
    'bytes',
    'text',
    'json',
    'struct',
    'structs',
    'toRgba',
    'decodeRgba',
    'histogram',
    'regionStatistics',
    'keepLatest',
    'frameRate',
    'throughput',
    'skipRepeated',
    'skipBanner',
    'lines',
    'tracebacks',
    'iterate',
    'preroll',
    'pairByTime',
    'cameraClock',
    'scriptParameters',
    'traceLine',
    'monotonicScheduler',
  ],
  './angular': ['injectCamera', 'provideCamera'],
  './container': ['cameraContainer', 'TRANSPORT', 'CAMERA_OPTIONS', 'SCHEDULER', 'LOGGER'],
  './device': ['Device', 'valueChannel', 'frameSourceChannel', 'textChannel', 'profileChannel'],
  './profile': ['FirmwareSymbols', 'flatProfile', 'callerProfile', 'profileDifference', 'PmuEvent'],
  './protocol': [
    'decode',
    'acknowledge',
    'reassemble',
    'isPacket',
    'encodePacket',
    'crc16',
    'crc32',
    'Opcode',
    'Status',
    'Flag',
  ],
  './recording': ['record', 'replay', 'capture', 'readRecording'],
  './serialport': ['serialPort', 'listCameras', 'watchCameras'],
  './tcp': ['tcp', 'tcpServer'],
  './testing': ['memoryPair', 'faulty', 'faultyConnection'],
  './udp': ['udp', 'udpServer'],
  './virtual': ['VirtualCamera', 'frameNumber', 'imuLayout'],
  './web-recording': ['record', 'saveTo', 'inMemory'],
  './web-serial': ['webSerial', 'requestCameraPort'],
  './websocket': ['webSocket'],
  './widgets': ['widgets', 'cbor', 'decodeWidgets', 'encodeWidgets', 'WidgetChannel'],
};

/**
 * The package as users get it: built into a folder of its own (the shared dist may be a moment old), packed, unpacked
 * into a program's node_modules beside the dependencies that the manifest declares, and nothing else.
 */
describe('the packed package', () => {
  let folder = '';
  let program = '';
  let unpacked = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openmv-rx-package-'));
    const source = join(folder, 'source');
    program = join(folder, 'program');
    unpacked = join(program, 'node_modules', manifest.name);
    await mkdir(source);
    await mkdir(unpacked, { recursive: true });
    for (const name of ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE'])
      await cp(join(root, name), join(source, name));
    const dist = join(source, 'dist');
    await node(root, 'scripts/build.mjs', '--out', dist);
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: source });
    const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
    await run('tar', ['-xzf', join(folder, tarball!), '-C', unpacked, '--strip-components=1']);
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      const link = join(program, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(root, 'node_modules', name), link);
    }
    await writeFile(join(program, 'package.json'), '{ "type": "module" }');
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('holds what was built from lib, the manifest and the texts, and no stray file', async () => {
    const built = (await filesIn(join(root, 'lib'))).flatMap((file) => {
      const stem = `dist/${file.replace(/\.ts$/, '')}`;
      return [`${stem}.d.ts`, `${stem}.js`];
    });
    const page = ['icon.svg', 'index.html', 'main.js', 'style.css'].map((file) => `dist/cli/page/${file}`);
    const texts = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    expect(await filesIn(unpacked)).toEqual([...texts, ...built, ...page].sort());
  });

  it('has a list of names here for each of its subpaths', () => {
    expect(Object.keys(names)).toEqual(subpaths);
  });

  it.each(subpaths)('%s can be imported, and required by CommonJS', async (subpath) => {
    const print = `console.log(JSON.stringify(Object.keys(loaded)))`;
    const from = JSON.stringify(specifier(subpath));
    const imported = await node(program, '--input-type=module', '-e', `import * as loaded from ${from}; ${print}`);
    const required = await node(
      program,
      '--no-warnings',
      '--input-type=commonjs',
      '-e',
      `const loaded = require(${from}); ${print}`,
    );
    expect(JSON.parse(imported.stdout)).toEqual(expect.arrayContaining(names[subpath]!));
    expect(JSON.parse(required.stdout)).toEqual(expect.arrayContaining(names[subpath]!));
  });

  it('connects a WebSocket in Node that has none of its own, as Node 20', async () => {
    const { stdout } = await node(
      program,
      '--input-type=module',
      '-e',
      `delete globalThis.WebSocket;
       import { createServer } from 'node:http';
       import { webSocket } from '${manifest.name}/websocket';
       const server = createServer().listen(0, '127.0.0.1', () => {
         webSocket('ws://127.0.0.1:' + server.address().port).open().subscribe({ error: ({ message }) => console.log(message) });
       });
       server.on('upgrade', (request, socket) => socket.end('HTTP/1.1 401 Unauthorized\\r\\n\\r\\n', () => server.close()));`,
    );
    expect(stdout).toContain('refused this host');
  });

  /** What the compiler says of a program of these lines, with the options a careful user has. */
  async function compile(lines: string[], options: { lib: string[]; types: string[]; skipLibCheck: boolean }) {
    const at = await mkdtemp(join(program, 'types-'));
    const typeRoots = [join(root, 'node_modules/@types')];
    const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', target: 'es2022', typeRoots, ...options };
    await writeFile(join(at, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    await writeFile(join(at, 'program.ts'), lines.join('\n'));
    return node(at, tsc).then(
      ({ stdout }) => stdout,
      (error: unknown) => (error as { stdout: string }).stdout,
    );
  }

  it('has types for each subpath that a strict Node program accepts', async () => {
    // Two of them may have the same name for what is the same to their users.
    const lines = subpaths.map((subpath, at) => {
      const exported = names[subpath]!.map((name) => `${name} as ${name}${at}`);
      return `export { ${exported.join(', ')} } from '${specifier(subpath)}';`;
    });
    expect(await compile(lines, { lib: ['es2022'], types: ['node'], skipLibCheck: true })).toBe('');
  }, 60_000);

  it('has types for the core that need neither Node nor the DOM', async () => {
    // RxJS' own types are checked with it, and they name setTimeout.
    const timer = 'declare global { function setTimeout(work: () => void): number; }';
    const lines = [`export * from '${manifest.name}';`, timer];
    expect(await compile(lines, { lib: ['es2022'], types: [], skipLibCheck: false })).toBe('');
  }, 60_000);

  /** What a page's bundler makes of these lines, and of which files. */
  async function bundle(name: string, lines: string[]) {
    const entry = join(program, `${name}.js`);
    await writeFile(entry, lines.join('\n'));
    const { metafile, outputFiles } = await build({
      entryPoints: [entry],
      absWorkingDir: program,
      bundle: true,
      platform: 'browser',
      format: 'esm',
      tsconfigRaw: '{}',
      write: false,
      metafile: true,
    });
    const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    return {
      text: outputFiles[0]!.text,
      inputs: metafile.inputs,
      used: used.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    };
  }

  it('gives a browser the host end without the device, the command line or anything of Node', async () => {
    const { used } = await bundle('page', [
      `export { Camera } from '${manifest.name}';`,
      `export { webSocket } from '${manifest.name}/websocket';`,
    ]);
    const rooms = new Set(used.map((path) => /openmv-rx\/dist\/([^/]+)\//.exec(path)?.[1] ?? path));
    expect([...rooms]).toEqual(expect.arrayContaining(['host', 'wire', 'transport']));
    expect([...rooms].filter((room) => /^device$|^cli$|jpeg-js|node_modules\/(ws|serialport)/.test(room))).toEqual([]);
  });

  it('brings nothing into a page that is not a module, which its build would warn of', async () => {
    const forPages = ['.', './angular', './widgets', './web-recording', './web-serial', './websocket'];
    const { inputs } = await bundle(
      'all',
      forPages.map((subpath) => `export * from '${specifier(subpath)}';`),
    );
    const imported = Object.values(inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    expect(imported.length).toBeGreaterThan(100);
    expect(imported.filter((path) => inputs[path]?.format !== 'esm')).toEqual([]);
  });

  it('makes the JPEGs of a virtual camera where there is no Buffer, as in a page', async () => {
    const { text } = await bundle('demo', [
      `import { Camera } from '${manifest.name}'; import { VirtualCamera } from '${manifest.name}/virtual';`,
      `import { take } from 'rxjs';`,
      `new Camera(new VirtualCamera().transport()).frames$.pipe(take(1)).subscribe(`,
      `  ({ format, width, height, data }) => frame({ format, width, height, begin: [...data.slice(0, 3)] }), frame);`,
    ]);
    const seen = await new Promise((frame) => {
      runInNewContext(text.replace(/^export .*$/m, ''), {
        frame,
        setTimeout,
        clearTimeout,
        setInterval,
        clearInterval,
        queueMicrotask,
        performance,
        TextEncoder,
        TextDecoder,
      });
    });
    expect(seen).toEqual({ format: 'jpeg', width: 320, height: 240, begin: [0xff, 0xd8, 0xff] });
  });

  it('writes a recording where there is neither Node nor a page', async () => {
    const { text } = await bundle('recorder', [
      `import { Camera } from '${manifest.name}'; import { VirtualCamera } from '${manifest.name}/virtual';`,
      `import { record } from '${manifest.name}/web-recording';`,
      `const bytes = [];`,
      `const file = { write: async (part) => void bytes.push(...part), truncate: async () => {}, close: async () => {} };`,
      `const storage = { create: async () => file };`,
      `record(new Camera(new VirtualCamera().transport()), { file: 'a.mcap', storage, maxFrames: 3 }).subscribe(`,
      `  { error: written, complete: () => written(bytes) });`,
    ]);
    const bytes = await new Promise<number[]>((written) => {
      runInNewContext(text.replace(/^export .*$/m, ''), {
        written,
        setTimeout,
        clearTimeout,
        setInterval,
        clearInterval,
        queueMicrotask,
        performance,
        TextEncoder,
        TextDecoder,
      });
    });
    const { faults, end, messages } = audit(Uint8Array.from(bytes));
    expect({ faults, end }).toEqual({ faults: [], end: 'indexed' });
    expect(messages.filter(({ schema }) => schema === 'foxglove.CompressedImage')).toHaveLength(3);
  });

  it('brings a command that says which version it is', async () => {
    const [command] = Object.values(manifest.bin);
    const { stdout } = await node(program, join(unpacked, command!), '--version');
    expect(stdout.trim()).toBe(manifest.version);
  });

  it('brings a page that the command serves, with nothing that had to be built first', async () => {
    const [command] = Object.values(manifest.bin);
    const words = ['view', '--virtual', '--listen', '0', '--no-open', '--json'];
    const view = spawn(process.execPath, [join(unpacked, command!), ...words], { cwd: program });
    const [line] = (await once(view.stdout, 'data')) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { url: string };
    const html = await (await fetch(url)).text();
    const files = [...html.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(files).toHaveLength(3);
    for (const file of files) expect((await fetch(`${url}${file}`)).status).toBe(200);
    // Bundled: it imports nothing, and says whose work is in it.
    const code = await (await fetch(`${url}/main.js`)).text();
    expect(code).toContain('Apache License');
    expect(code).not.toMatch(/\b(import|from)\s*["'][^"']+["']/);
    view.kill('SIGINT');
    expect(await once(view, 'exit')).toEqual([0, null]);
  });
});
