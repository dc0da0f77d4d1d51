import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { firstValueFrom } from 'rxjs';
import { listCameras, serialPort } from 'openmv-rx/serialport';
import { collect, opening, pattern, written } from '../contracts/far-end.js';
import { transportContract } from '../contracts/transport-contract.js';
import { openTtys, type Pty, pty, temporaryFolder } from './pty.js';

let folder: string;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => rmSync(folder, { recursive: true }));

/** Both ways to read and write a port that a system with file descriptors has. */
const KINDS = ['polled', 'stock'] as const;

for (const io of KINDS)
  transportContract(`serialPort, ${io}`, async () => {
    const path = join(folder, 'camera');
    let port = await pty(path);
    return {
      transport: serialPort(path, { io }),
      unavailable: serialPort(join(folder, 'missing'), { io }),
      secondOpening: 'refused',
      // See `serialPort`: the stock way does not read while a write waits for room.
      ...(io === 'stock' && { bothWaysBytes: 4096 }),
      farEnd: () => Promise.resolve(port.far),
      restore: async () => {
        await port.dispose();
        port = await pty(path);
      },
      dispose: () => port.dispose(),
    };
  });

describe.each(KINDS)('serialPort, %s', (io) => {
  let port: Pty;
  let before: number;

  beforeEach(async () => {
    port = await pty(join(folder, 'camera'));
    before = openTtys();
  });

  afterEach(() => port.dispose());

  /** The port is closed behind the unsubscription, so its release is waited for; it fails by running into the deadline. */
  async function expectReleased(): Promise<void> {
    while (openTtys() > before) await new Promise(setImmediate);
    expect(openTtys()).toBe(before);
  }

  it('has the port open once while it is subscribed to, and not at all before and after', async () => {
    const transport = serialPort(port.path, { io });
    transport.open();
    expect(openTtys()).toBe(before);
    const { connection, close } = opening(transport);
    await connection;
    expect(openTtys()).toBe(before + 1);
    close();
    await expectReleased();
  });

  it('leaves no port open when openings are given up at any moment', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const { close } = opening(serialPort(port.path, { io }));
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      close();
    }
    const { connection, close } = opening(serialPort(port.path, { io }));
    await connection; // and so all that was given up has been released
    close();
    await expectReleased();
  });

  it('can be closed while a write is under way, which then errors with LINK_LOST', async () => {
    const { connection, close } = opening(serialPort(port.path, { io }));
    port.far.hold!();
    const outcome = written((await connection).write(new Uint8Array(8 << 20)));
    const queued = written((await connection).write(pattern(1)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    close();
    await expect(outcome).rejects.toMatchObject({ code: 'LINK_LOST' });
    await expect(queued).rejects.toMatchObject({ code: 'LINK_LOST' });
    await expectReleased();
  });

  it('writes all that it is given, however little the system takes at once', async () => {
    const { connection, close } = opening(serialPort(port.path, { io }));
    const near = await connection;
    const arrived = collect(port.far.bytes$);
    const held = port.far.hold!();
    const sizes = [100_000, 1, 70_000, 15, 4096];
    const all = pattern(sizes.reduce((sum, size) => sum + size));
    let from = 0;
    const writes = sizes.map((size) => written(near.write(all.subarray(from, (from += size)))));
    held.release();
    await Promise.all(writes);
    expect(Buffer.compare(await arrived.bytes(all.length), all)).toBe(0);
    close();
    await expectReleased();
  });

  it('says that a missing port does not exist', async () => {
    expect(await opening(serialPort('/dev/no-such-port', { io })).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: '/dev/no-such-port does not exist: is the camera plugged in, and is this its port?',
    });
  });

  it('says that a file is not a serial port', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await opening(serialPort(file, { io })).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: `${file} is not a serial port`,
    });
  });

  it('says that a port is in use by another program, and opens it when that one has ended', async () => {
    const program = `new (require('serialport').SerialPort)({ path: '${port.path}', baudRate: 921600 }, () => console.log('open'))`;
    const other = spawn(process.execPath, ['-e', program]);
    await once(other.stdout, 'data');
    expect(await opening(serialPort(port.path, { io })).ended).toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('in use by another program') as string,
    });
    other.kill();
    await once(other, 'exit');
    const { connection, close } = opening(serialPort(port.path, { io }));
    await connection;
    close();
    await expectReleased();
  });

  it('goes on reading while it is closed and opened in turn, and hands out nothing that came before', async () => {
    for (let round = 0; round < 5; round++) {
      const { connection, close } = opening(serialPort(port.path, { io }));
      const arrived = collect((await connection).bytes$);
      await port.far.write(pattern(1000, round));
      expect(Buffer.compare(await arrived.bytes(1000), pattern(1000, round))).toBe(0);
      close();
    }
    await expectReleased();
  });
});

describe('listCameras', () => {
  it('lists the cameras of this machine, or says why it cannot', async () => {
    const reasons: unknown[] = [];
    const cameras = await firstValueFrom(listCameras({ onUnlistable: (error) => reasons.push(error) }));
    for (const camera of cameras) expect(camera.board).not.toBe('');
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'PORT_UNAVAILABLE' });
    expect(reasons.length).toBeLessThan(2);
  });

  it('emits an empty list and says why where there is no udev', async () => {
    const program = `
      import { listCameras } from 'openmv-rx/serialport';
      listCameras({ onUnlistable: (error) => console.log(error.code) }).subscribe((list) => console.log(list.length));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: { PATH: '' } });
    expect(await text(child.stdout)).toBe('PORT_UNAVAILABLE\n0\n');
  });
});
