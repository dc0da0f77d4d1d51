import { once } from 'node:events';
import { existsSync, lstatSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode, encodePacket, Flag, isPacket, Opcode } from 'openmv-rx/protocol';
import { VirtualCamera } from 'openmv-rx/virtual';
import { serialPort } from 'openmv-rx/serialport';
import { filter, firstValueFrom, type Subscription } from 'rxjs';
import { opening, pattern } from '../contracts/far-end.js';
import { expectOneLineFailure, run, start } from './command.js';
import { cameraEnd, type Pty, pty, temporaryFolder } from './pty.js';
import { startPrinting } from './support/printed-lines.js';

let folder: string;
let link: string;
beforeAll(() => {
  folder = temporaryFolder();
  link = join(folder, 'camera');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('wrong usage', () => {
  it('is exit code 2, and nothing on standard output', async () => {
    const { code, stdout, stderr } = await run(['info', '--virtual', '--fast']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
  });

  it.each(['--version', 'help info'])('%s is no failure', async (words) => {
    const { code, stdout, stderr } = await run(words.split(' '));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toBe('');
  });
});

describe('a port that is no camera', () => {
  const commands = [
    ['info'],
    ['channels'],
    ['frames', '--count', '1'],
    ['read', 'config'],
    ['write', 'config', 'x'],
    ['watch', 'stdout'],
  ].map((words) => [words.join(' '), words] as const);
  /** Each waits for its deadline, so they wait together; more at a time would keep each other from it. */
  const threes = [commands.slice(0, 3), commands.slice(3)].map(
    (some) => [some.map(([name]) => name).join(', '), some.map(([, words]) => words)] as const,
  );
  const open: Pty[] = [];
  const portAt = async (path: string): Promise<Pty> => {
    const port = await pty(path);
    open.push(port);
    return port;
  };

  afterEach(async () => {
    for (const port of open.splice(0)) {
      const host = opening(serialPort(port.path));
      await host.connection; // it was released
      host.close();
      await port.dispose();
    }
  });

  /** What becomes of commands at ports of their own, each of which does what `far` has it do. */
  async function outcomes(all: readonly (readonly string[])[], far: (port: Pty) => void): Promise<void> {
    await Promise.all(
      all.map(async (words, number) => {
        const port = await portAt(`${link}-${number}`);
        far(port);
        expectOneLineFailure(await run([...words, '--timeout', '2', '--port', port.path]), 'firmware 5.0.0');
      }),
    );
  }

  it.each(threes)('%s: says nothing', async (_, all) => {
    await outcomes(all, () => undefined);
  });

  it.each(threes)('%s: sends random bytes for ever', async (_, all) => {
    const noise = pattern(1 << 16);
    let flooding = true;
    await outcomes(all, ({ far: { socket } }) => {
      const flood = (): void => {
        if (flooding && socket.writable) socket.write(noise, flood);
      };
      flood();
    });
    flooding = false;
  });

  it.each(commands)('%s: is in use by another program', async (_, words) => {
    await portAt(link);
    const other = opening(serialPort(link));
    await other.connection;
    expectOneLineFailure(await run([...words, '--port', link]), 'in use by another program');
    other.close();
  });

  it.each([['info'], ['record', 'nothing.mcap']])(
    'can be given up with Ctrl-C, which is a failure of what was to be done: %s',
    async (...words) => {
      const port = await portAt(link);
      const { child, finished } = start([...words, '--port', link]);
      await once(port.far.socket, 'data');
      child.kill('SIGINT');
      expectOneLineFailure(await finished, 'interrupted before it was done');
      expect(existsSync('nothing.mcap')).toBe(false);
    },
  );

  it.each(commands)('%s: is missing', async (_, words) => {
    expectOneLineFailure(await run([...words, '--port', join(folder, 'missing')]), 'does not exist');
  });
});

describe('a camera', () => {
  let port: Pty;
  let attached: Subscription;

  beforeEach(async () => {
    port = await pty(link);
    attached = new VirtualCamera().attach(cameraEnd(port));
  });

  afterEach(async () => {
    attached.unsubscribe();
    await port.dispose();
  });

  it('that is unplugged ends the command in under a second', async () => {
    const { firstLine, finished } = start(['frames', '--port', link]);
    await firstLine;
    const unplugged = performance.now();
    port.unplug();
    const { code, stderr } = await finished;
    expect(performance.now() - unplugged).toBeLessThan(1000);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^openmv-rx: [^\n]+cable[^\n]+\n$/);
  });

  it('that vanishes without a word ends frames', async () => {
    const { firstLine, finished } = start(['frames', '--port', link, '--timeout', '1']);
    await firstLine;
    attached.unsubscribe();
    const { code, stderr } = await finished;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^openmv-rx: the camera has not answered for 1 s [^\n]+\n$/);
  });

  it('that vanishes without a word fails a measurement whose parts end by their time', async () => {
    const words = ['--port', link, '--timeout', '2', '--seconds', '1', '--channel', 'config'];
    const { line, finished } = startPrinting('bench', ...words);
    await line('p50Milliseconds');
    attached.unsubscribe();
    const { code, stdout, stderr } = await finished;
    expect(code).toBe(1);
    expect(stdout).not.toContain('"link"');
    expect(stderr).toMatch(/^openmv-rx: [^\n]+\n$/);
  });

  it('that vanishes without a word fails a recording that ends by its time, whose file is whole', async () => {
    const file = join(folder, 'vanished.mcap');
    const { finished } = start(['record', file, '--port', link, '--timeout', '4', '--duration', '2']);
    while (!existsSync(file)) await new Promise(setImmediate);
    attached.unsubscribe();
    const { code, stdout, stderr } = await finished;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^[^\n]+vanished.mcap: [^\n]+\n$/);
    expect(stderr).toMatch(/^openmv-rx: [^\n]+\n$/);
  });

  it('has its stream switched off by Ctrl-C', async () => {
    const switches: number[] = [];
    const watching = port.far.bytes$.pipe(decode(), filter(isPacket)).subscribe(({ opcode, flags, payload }) => {
      if (flags & Flag.RTX) return;
      if (opcode === Opcode.CHANNEL_IOCTL && payload.length === 8 && payload[0] === 0) switches.push(payload[4]!);
    });
    const { child, firstLine, finished } = start(['frames', '--port', link]);
    await firstLine;
    expect(switches).toEqual([1]);
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
    expect(switches).toEqual([1, 0]);
    watching.unsubscribe();
  });
});

describe('virtual', () => {
  const there = (): boolean => lstatSync(link, { throwIfNoEntry: false }) !== undefined;

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('takes its port away with %s', async (signal) => {
    const { child, firstLine, finished } = start(['virtual', '--pty', link]);
    expect(await firstLine).toBe(`a virtual camera is at ${link}`);
    child.kill(signal);
    expect(await finished).toMatchObject({ code: 0, stderr: '' });
    expect(there()).toBe(false);
  });

  it('goes away and comes back when the host restarts it', async () => {
    const { child, firstLine, finished } = start(['virtual', '--pty', link]);
    await firstLine;
    const host = opening(serialPort(link));
    const near = await host.connection;
    const packets$ = near.bytes$.pipe(decode(), filter(isPacket));
    const synchronised = firstValueFrom(packets$.pipe(filter(({ opcode }) => opcode === Opcode.PROTO_SYNC)));
    near.write(encodePacket({ opcode: Opcode.PROTO_SYNC }));
    await synchronised; // a SYNC clears what came behind it
    near.write(encodePacket({ opcode: Opcode.SYS_RESET }));
    expect(await host.ended).toMatchObject({ code: 'LINK_LOST' });
    while (!there()) await new Promise(setImmediate);
    expect((await run(['info', '--port', link])).code).toBe(0);
    child.kill('SIGINT');
    expect(await finished).toMatchObject({ code: 0, stderr: '', stdout: `a virtual camera is at ${link}\n`.repeat(2) });
  });

  it('takes its port away even when it is killed', async () => {
    const { child, firstLine } = start(['virtual', '--pty', link]);
    await firstLine;
    child.kill('SIGKILL');
    while (there()) await new Promise(setImmediate);
  });

  it('says that a file, a missing folder or a missing socat is in the way', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'precious');
    expectOneLineFailure(await run(['virtual', '--pty', file]), 'already exists');
    expect(existsSync(file)).toBe(true);
    expectOneLineFailure(await run(['virtual', '--pty', join(folder, 'missing', 'x')]), 'does not exist');
    expectOneLineFailure(await run(['virtual', '--pty', link], { env: { PATH: '' } }), 'apt install socat');
  });
});
