import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ptyServer } from '../../lib/cli/serving/pty-server.js';
import type { Connection } from '../../lib/transport/transport.js';
import { serialPort } from 'openmv-rx/serialport';
import { collect, opening, type Opening, pattern, written } from '../contracts/far-end.js';
import { temporaryFolder } from './pty.js';

let folder: string;
let link: string;
beforeAll(() => {
  folder = temporaryFolder();
  link = join(folder, 'camera');
});
afterAll(() => rmSync(folder, { recursive: true }));

const there = (): boolean => lstatSync(link, { throwIfNoEntry: false }) !== undefined;

/** The process that makes the link: a child of this one. */
function socatOf(path: string): number {
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return Number.parseInt(
    children.split('\n').find((line) => line.includes(path))!,
    10,
  );
}

/** Fails by running into the deadline. */
async function linkGone(): Promise<void> {
  while (there()) await new Promise(setImmediate);
}

describe('ptyServer', () => {
  let served: Opening;
  let camera: Connection;

  beforeEach(async () => {
    served = opening(ptyServer(link));
    camera = await served.connection;
  });

  afterEach(async () => {
    served.close();
    await linkGone();
  });

  it('carries much both ways at once', async () => {
    const host = opening(serialPort(link));
    const near = await host.connection;
    const there = collect(camera.bytes$);
    const back = collect(near.bytes$);
    near.write(pattern(2_000_000));
    camera.write(pattern(2_000_000, 2));
    expect(Buffer.compare(await there.bytes(2_000_000), pattern(2_000_000))).toBe(0);
    expect(Buffer.compare(await back.bytes(2_000_000), pattern(2_000_000, 2))).toBe(0);
    host.close();
  });

  it('is there for a host that closes and opens again at once, many times', async () => {
    const arrived = collect(camera.bytes$);
    for (let round = 0; round < 30; round++) {
      const host = opening(serialPort(link));
      const near = await host.connection;
      await written(near.write(pattern(10, round)));
      await arrived.ending(pattern(10, round));
      host.close();
    }
  });

  it('holds back what no host takes, without a pile', async () => {
    let taken = 0;
    const next = (): void => {
      camera.write(pattern(4096)).subscribe({
        complete: () => {
          taken += 4096;
          next();
        },
        error: () => undefined,
      });
    };
    next();
    let before = -1;
    while (taken !== before) {
      before = taken;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(taken).toBeLessThan(1 << 20);
  });

  it('errors with LINK_LOST when socat is ended by somebody else', async () => {
    process.kill(socatOf(link), 'SIGKILL');
    expect(await served.ended).toMatchObject({ code: 'LINK_LOST' });
  });

  it('can be served again at once', async () => {
    const transport = ptyServer(join(folder, 'again'));
    for (let round = 0; round < 5; round++) {
      const again = opening(transport);
      await again.connection;
      again.close();
    }
  });
});

describe('ptyServer at a bad place', () => {
  it.each([
    ['a file', () => writeFileSync(link, 'precious'), 'already exists'],
    ['a link to something else', () => symlinkSync('/dev/null', link), 'is already a link to /dev/null'],
  ])('leaves %s alone and says so', async (_, make, message) => {
    make();
    try {
      const expected = { code: 'PORT_UNAVAILABLE', message: expect.stringContaining(message) as string };
      expect(await opening(ptyServer(link)).ended).toMatchObject(expected);
      expect(existsSync(link)).toBe(true);
    } finally {
      rmSync(link);
    }
  });

  it('replaces a link that leads to no terminal any more', async () => {
    symlinkSync('/dev/pts/987654', link);
    const served = opening(ptyServer(link));
    await served.connection;
    served.close();
    await linkGone();
  });

  it('says that the folder is missing', async () => {
    expect(await opening(ptyServer(join(folder, 'missing', 'camera'))).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('does not exist') as string,
    });
  });
});
