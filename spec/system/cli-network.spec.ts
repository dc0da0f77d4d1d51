import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { Camera } from 'openmv-rx';
import { tcp } from 'openmv-rx/tcp';
import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { opening } from '../contracts/far-end.js';
import { expectOneLineFailure, jsonLines, run, type Running, start } from './command.js';
import { temporaryFolder } from './pty.js';

let folder: string;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => rmSync(folder, { recursive: true }));

type Places = Record<'pty' | 'tcp' | 'udp', string[]>;

/** Cameras that are served, as soon as all of them are. */
async function served(...words: string[]): Promise<Running & { places: Places }> {
  const running = start(['virtual', ...words, '--json']);
  const places: Places = { pty: [], tcp: [], udp: [] };
  let seen = '';
  const count = words.filter((word) => /^--(pty|tcp|udp)$/.test(word)).length;
  await new Promise<void>((resolve, reject) => {
    running.child.stdout!.on('data', (text: Buffer) => {
      seen += text.toString();
      if (seen.split('\n').length > count) resolve();
    });
    void running.finished.then(({ stderr }) => reject(new Error(stderr)));
  });
  for (const place of jsonLines(seen))
    for (const [way, at] of Object.entries(place)) places[way as 'tcp'].push(String(at));
  return { ...running, places };
}

async function ended({ child, finished }: Running): Promise<void> {
  child.kill('SIGINT');
  expect(await finished).toMatchObject({ code: 0, stderr: '' });
}

const childrenOf = (pid: number): string =>
  execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));

describe('cameras in the network', () => {
  let cameras: Awaited<ReturnType<typeof served>>;
  let link: string;
  let byTcp: string;
  let otherByTcp: string;
  let byUdp: string;

  beforeAll(async () => {
    link = join(folder, 'camera');
    const small = ['--size', '160x120', '--fps', '50'];
    cameras = await served('--pty', link, '--tcp', '0', '--tcp', '0', '--udp', '0', ...small);
    [byTcp = '', otherByTcp = ''] = cameras.places.tcp;
    [byUdp = ''] = cameras.places.udp;
  });

  afterAll(async () => {
    const helpers = childrenOf(cameras.child.pid!);
    expect(helpers).toContain('socat');
    await ended(cameras);
    expect(existsSync(link)).toBe(false);
    expect(() => process.kill(Number.parseInt(helpers, 10), 0)).toThrow('ESRCH');
  });

  it('are served on free ports of this computer, each at a place of its own', () => {
    expect(cameras.places.pty).toEqual([link]);
    const addresses = [byTcp, otherByTcp, byUdp];
    for (const address of addresses) expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(byTcp).not.toBe(otherByTcp);
  });

  it('are cameras of their own', async () => {
    const ways = [
      ['--port', link],
      ['--tcp', byTcp],
      ['--tcp', otherByTcp],
      ['--udp', byUdp],
    ];
    for (const [i, way] of ways.entries())
      expect((await run(['write', 'config', `{"quality":${50 + i}}`, ...way])).code).toBe(0);
    for (const [i, way] of ways.entries())
      expect(jsonLines((await run(['read', 'config', ...way])).stdout)).toMatchObject([{ quality: 50 + i }]);
  });

  it('speak over UDP in packets that fit a datagram, without acknowledgements', async () => {
    const [overTcp] = jsonLines((await run(['info', '--tcp', byTcp, '--json'])).stdout);
    const [overUdp] = jsonLines((await run(['info', '--udp', byUdp, '--json'])).stdout);
    expect(overTcp).toMatchObject({ maxPayload: 4082, capabilities: ['crc', 'seq', 'ack', 'events'] });
    expect(overUdp).toMatchObject({ maxPayload: 1400, capabilities: ['crc', 'seq', 'events'] });
  });

  it.each(['tcp', 'udp'] as const)('have frames over %s', async (way) => {
    const address = way === 'tcp' ? byTcp : byUdp;
    const { code, stdout, stderr } = await run(['frames', `--${way}`, address, '--count', '5', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = jsonLines(stdout);
    expect(lines).toHaveLength(6);
    for (const line of lines.slice(0, 5)) expect(line).toMatchObject({ width: 160, height: 120, format: 'jpeg' });
    expect(lines[5]).toMatchObject({ frames: 5 });
  });

  it('turn a second host by TCP away, which is told so, and the first does not notice', async () => {
    const first = start(['frames', '--tcp', byTcp, '--json']);
    await first.firstLine;
    expectOneLineFailure(await run(['info', '--tcp', byTcp]), 'already in use?');
    const { stdout } = first.child;
    await once(stdout!, 'data');
    first.child.kill('SIGINT');
    expect(await first.finished).toMatchObject({ code: 0, stderr: '' });
    expect((await run(['info', '--tcp', byTcp])).code).toBe(0);
  });

  it('answer whoever wrote last by UDP', async () => {
    const first = start(['watch', 'stdout', '--udp', byUdp]);
    await first.firstLine;
    expect((await run(['info', '--udp', byUdp])).code).toBe(0);
    first.child.kill('SIGKILL');
    expect((await run(['frames', '--udp', byUdp, '--count', '2'])).code).toBe(0);
    first.finished.catch(() => undefined);
  });

  it('turn their host away when it restarts them, and are there again', async () => {
    const camera = new Camera(tcp('127.0.0.1', portOf(byTcp)), { closeAfterMs: 0 });
    const connected = camera.connect();
    const lost = firstValueFrom(camera.state$.pipe(filter(({ state }) => state === 'lost')));
    await lastValueFrom(camera.reset(), { defaultValue: undefined });
    const { error } = await lost;
    const { board } = await firstValueFrom(camera.info());
    connected.unsubscribe();
    expect(error).toMatchObject({ code: 'LINK_LOST' });
    expect(board).toMatch(/^OpenMV/);
    expect((await run(['info', '--tcp', byTcp])).code).toBe(0);
  });
});

describe('a virtual camera', () => {
  it('is served behind a bad network, and works', async () => {
    const cameras = await served('--tcp', '0', '--udp', '0', '--loss', '2%', '--damage', '0.01', '--seed', '7');
    const [byTcp = ''] = cameras.places.tcp;
    const [byUdp = ''] = cameras.places.udp;
    for (const way of [
      ['--tcp', byTcp],
      ['--udp', byUdp],
    ]) {
      const { code, stderr } = await run(['frames', ...way, '--count', '20']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    await ended(cameras);
  });

  it('is the board, and has the pictures, that are asked for', async () => {
    const cameras = await served('--tcp', '0', '--udp', '0', '--board', 'm7', '--format', 'png', '--size', '64x32');
    const [byTcp = ''] = cameras.places.tcp;
    const [byUdp = ''] = cameras.places.udp;
    for (const way of [
      ['--tcp', byTcp],
      ['--udp', byUdp],
    ]) {
      const [info] = jsonLines((await run(['info', ...way, '--json'])).stdout);
      expect(info).toMatchObject({ board: 'OpenMV Cam M7', maxPayload: 498 });
      const [frame] = jsonLines((await run(['frames', ...way, '--count', '1', '--json'])).stdout);
      expect(frame).toMatchObject({ width: 64, height: 32, format: 'png' });
    }
    await ended(cameras);
  });

  it('loses all that passes with a loss of 1', async () => {
    const cameras = await served('--tcp', '0', '--loss', '100%');
    const [byTcp = ''] = cameras.places.tcp;
    expectOneLineFailure(await run(['info', '--tcp', byTcp, '--timeout', '2']), 'no answer within 2000 ms');
    await ended(cameras);
  });

  it('listens where it is told to', async () => {
    const cameras = await served('--tcp', '0', '--udp', '0', '--host', '::1');
    const [byTcp = ''] = cameras.places.tcp;
    expect(byTcp).toMatch(/^\[::1\]:\d+$/);
    expect((await run(['info', '--tcp', byTcp])).code).toBe(0);
    const [byUdp = ''] = cameras.places.udp;
    expect((await run(['info', '--udp', byUdp])).code).toBe(0);
    await ended(cameras);
  });

  it('says in words for people where it is', async () => {
    const running = start(['virtual', '--tcp', '0']);
    expect(await running.firstLine).toMatch(/^a virtual camera is at tcp:\/\/127\.0\.0\.1:\d+$/);
    await ended(running);
  });

  it.each(['tcp', 'udp'])('fails where a %s port is in use, and takes its other places away', async (way) => {
    const link = join(folder, 'given-up');
    const first = await served(`--${way}`, '0');
    const port = String(portOf(first.places[way as 'tcp'][0]!));
    const { code, stderr, stdout } = await run(['virtual', '--pty', link, `--${way}`, port]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `openmv-rx: ${way}://127.0.0.1:${port} is in use by another program: end that program, or use another port\n`,
    });
    expect(stdout).not.toContain(port);
    expect(existsSync(link)).toBe(false);
    await ended(first);
  });

  it('ends with Ctrl-C while a host is connected', async () => {
    const cameras = await served('--tcp', '0');
    const host = opening(tcp('127.0.0.1', portOf(cameras.places.tcp[0]!)));
    await host.connection;
    await ended(cameras);
    expect(await host.ended).toMatchObject({ code: 'LINK_LOST' });
  });
});

describe('an address that is no camera', () => {
  const commands = [['info'], ['channels'], ['frames', '--count', '1'], ['read', 'config'], ['write', 'config', 'x']];

  it.each(commands)('%s %s: is the camera (or its server) running', async (...words) => {
    const addresses = ['--tcp', '--udp'].map((way) => run([...words, way, '127.0.0.1:9']));
    for (const outcome of await Promise.all(addresses))
      expectOneLineFailure(outcome, 'is the camera (or its server) running');
  });

  it.each(commands)('%s %s: says nothing', async (...words) => {
    const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    const mute = createSocket('udp4');
    mute.bind(0, '127.0.0.1');
    await Promise.all([once(silent, 'listening'), once(mute, 'listening')]);
    const { port } = silent.address() as AddressInfo;
    const addresses = [
      ['--tcp', `127.0.0.1:${port}`],
      ['--udp', `127.0.0.1:${mute.address().port}`],
    ];
    // At once, for each waits in vain.
    const outcomes = await Promise.all(addresses.map((address) => run([...words, ...address, '--timeout', '2'])));
    for (const outcome of outcomes) expectOneLineFailure(outcome, 'firmware 5.0.0');
    silent.close();
    mute.close();
  });

  it('has a name that is not known', async () => {
    expectOneLineFailure(await run(['info', '--tcp', 'no..name:5000']), 'has an unknown host name');
    expectOneLineFailure(await run(['info', '--udp', 'no..name']), 'has an unknown host name');
  });
});
