import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualCamera } from 'openmv-rx/virtual';
import { serialPort } from 'openmv-rx/serialport';
import { webSocket } from 'openmv-rx/websocket';
import { type Subscription } from 'rxjs';
import { WebSocket } from 'ws';
import { opening } from '../contracts/far-end.js';
import { expectOneLineFailure, run } from './command.js';
import { cameraEnd, type Pty, pty, temporaryFolder } from './pty.js';
import { BrowserBench, ELSEWHERE } from './support/browser.js';
import { fiveFrames } from './support/five-frames.js';
import { type Printing, startPrinting } from './support/printed-lines.js';

/** A bridge, and where it is. */
interface Served extends Printing {
  readonly url: string;
}

async function served(...words: string[]): Promise<Served> {
  const bridge = startPrinting('bridge', '--listen', '0', ...words);
  const { listening } = await bridge.line('listening');
  return { ...bridge, url: listening! };
}

let folder: string;
let link: string;
beforeAll(() => {
  folder = temporaryFolder();
  link = join(folder, 'camera');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('openmv-rx bridge', () => {
  describe('to a serial port', () => {
    let port: Pty;
    let attached: Subscription;
    let bridge: Served;

    const plugIn = async (): Promise<void> => {
      port = await pty(link);
      attached = new VirtualCamera({ width: 160, height: 120, framesPerSecond: 50 }).attach(cameraEnd(port));
    };
    const unplug = async (): Promise<void> => {
      attached.unsubscribe();
      await port.dispose();
    };

    beforeEach(async () => {
      await plugIn();
      bridge = await served('--port', link);
    });
    afterEach(async () => {
      await bridge.end();
      await unplug();
    });

    const remote = () => webSocket(bridge.url, { WebSocket });

    /** Until nobody else has the port. */
    const expectReleased = async (): Promise<void> => {
      for (;;) {
        const own = opening(serialPort(link));
        const isOpen = await own.connection.then(
          () => true,
          () => false,
        );
        own.close();
        if (isOpen) return;
      }
    };

    it('holds the port only while somebody is connected', async () => {
      await expectReleased();
      const { connection, close } = opening(remote());
      const near = await connection;
      await bridge.line('connected');
      // The bridge has it: to ask sooner would be to take the port away from it.
      await new Promise((resolve) => near.bytes$.subscribe(resolve));
      const own = opening(serialPort(link));
      const taken: unknown = await own.connection.catch((error: unknown) => error);
      own.close();
      expect(taken).toMatchObject({ message: expect.stringContaining('in use by another program') as string });
      close();
      await expectReleased();
      await bridge.line('disconnected');
    });

    it('gives each of several hosts, one after the other, a whole camera', async () => {
      for (let round = 0; round < 3; round++)
        expect(await fiveFrames(remote())).toMatchObject({ frames: { length: 5 }, quality: 50 });
    });

    it('tells its host that the camera was unplugged, and gives it to the next one when it is back', async () => {
      const { connection, ended } = opening(remote());
      const near = await connection;
      await new Promise((resolve) => near.bytes$.subscribe(resolve)); // the camera is open
      const unplugged = performance.now();
      await unplug();
      expect(await ended).toMatchObject({
        code: 'LINK_LOST',
        message: expect.stringMatching(/went away.*code 4502/) as string,
      });
      expect(performance.now() - unplugged).toBeLessThan(1000);
      expect(await opening(remote()).ended).toMatchObject({
        message: expect.stringMatching(/does not exist.*code 4502/) as string,
      });
      await plugIn();
      expect(await fiveFrames(remote())).toMatchObject({ quality: 50 });
    });
  });

  it('ends with Ctrl-C, and tells its host', async () => {
    const bridge = await served('--virtual');
    const { connection, ended } = opening(webSocket(bridge.url, { WebSocket }));
    await connection;
    await bridge.end();
    expect(await ended).toMatchObject({ message: expect.stringContaining('code 1001') as string });
  });

  it.each(['tcp', 'udp'])('reaches a camera by %s', async (way) => {
    const camera = startPrinting('virtual', `--${way}`, '0', '--size', '160x120', '--fps', '50');
    const { [way]: place } = await camera.line(way);
    const bridge = await served(`--${way}`, place!);
    expect(await fiveFrames(webSocket(bridge.url, { WebSocket }))).toMatchObject({ quality: 50 });
    await bridge.end();
    await camera.end();
  });

  describe('for pages', () => {
    let bench: BrowserBench;
    beforeAll(async () => {
      bench = await BrowserBench.start();
    });
    afterAll(() => bench.close());

    const TOKEN = 'a secret of ours';
    const inPage = async ({ url }: Served, token?: string) => (await bench.webSocket(url, token)).fiveFrames();

    it('of this computer needs no permission', async () => {
      const bridge = await served('--virtual');
      expect(await inPage(bridge)).toMatchObject({ quality: 50 });
      await bridge.end();
    });

    it('lets in who knows the token, and tells others that it is wrong', async () => {
      const bridge = await served('--virtual', '--token', TOKEN);
      expect(await inPage(bridge, TOKEN)).toMatchObject({ quality: 50 });
      await expect(inPage(bridge, 'another')).rejects.toThrow('wrong token, code 4401');
      await expect(inPage(bridge)).rejects.toThrow('a token is needed, code 4401');
      await bridge.end();
      const { stdout, stderr } = await bridge.finished;
      expect(stdout + stderr).not.toContain(TOKEN);
    });

    it('from elsewhere has to be told', async () => {
      const page = await bench.foreignPage();
      const { origin } = new URL(page.url());
      expect(origin).toContain(ELSEWHERE);
      const tried = (url: string) =>
        page.evaluate(
          (to) =>
            new Promise<string>((resolve) => {
              const socket = new globalThis.WebSocket(to);
              socket.onmessage = () => resolve('open');
              socket.onopen = () => socket.send(new Uint8Array([0xaa, 0xd5, 0, 0, 0, 0, 0, 0, 0xb0, 0xac])); // SYNC
              socket.onclose = ({ code, reason }) => resolve(`${code} ${reason}`);
            }),
          url,
        );
      const closed = await served('--virtual');
      expect(await tried(closed.url)).toBe(
        `4403 pages from ${origin} may not connect: start the bridge with --allow-origin`,
      );
      await closed.end();
      const open = await served('--virtual', '--allow-origin', `${origin}/`);
      expect(await tried(open.url)).toBe('open');
      await page.close();
      await open.end();
    });
  });

  describe('with a wrong command line ends with exit code 2:', () => {
    it.each([
      ['all networks without a token', ['--listen', '0.0.0.0:0']],
      ['a network without a token', ['--listen', '192.168.1.5:8787']],
      ['no port', ['--listen', 'localhost']],
      ['no port that there could be', ['--listen', '65536']],
      ['an empty token', ['--token', '']],
      ['an origin with a path', ['--allow-origin', 'https://example.org/page']],
      ['an origin of another kind', ['--allow-origin', 'ftp://example.org']],
      ['two cameras', ['--tcp', 'localhost:5000']],
    ])('%s', async (_, words) => {
      const { code, stdout, stderr } = await run(['bridge', '--virtual', ...words]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).not.toBe('');
    });
  });

  it('says that its port is in use', async () => {
    const bridge = await served('--virtual');
    const { port } = new URL(bridge.url);
    expectOneLineFailure(await run(['bridge', '--virtual', '--listen', port]), 'in use by another program');
    await bridge.end();
  });
});
