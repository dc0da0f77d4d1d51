import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom, type Subscription, take, toArray } from 'rxjs';
import { Camera } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { serialPort } from 'openmv-rx/serialport';
import type { Connection } from '../../lib/transport/transport.js';
import { collect, opening, type Opening, pattern, written } from '../contracts/far-end.js';
import { cameraEnd, openFiles, type Pty, pty, temporaryFolder } from './pty.js';

let folder: string;
let path: string;
let port: Pty;

beforeAll(() => {
  folder = temporaryFolder();
  path = join(folder, 'camera');
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => (port = await pty(path)));
afterEach(() => port.dispose());

async function plugInAgain(): Promise<void> {
  await port.dispose();
  port = await pty(path);
}

/** Bytes go through it. */
async function expectOpen({ connection }: Opening): Promise<void> {
  const near = await connection;
  const there = collect(port.far.bytes$);
  const back = collect(near.bytes$);
  near.write(pattern(10));
  await there.ending(pattern(10));
  await port.far.write(pattern(10, 2));
  await back.ending(pattern(10, 2));
}

/** Fails by running into the deadline: a port is closed behind the unsubscription. */
async function expectNoMoreFilesThan(before: number): Promise<void> {
  while (openFiles() > before) await new Promise(setImmediate);
}

/** What the host is doing when the camera goes, and what becomes of it. */
const DOING: Record<string, (near: Connection) => Promise<(() => Promise<void>) | undefined>> = {
  idle: () => Promise.resolve(undefined),
  reading: async (near) => {
    const { socket } = port.far;
    const flood = (): void => {
      if (socket.writable) socket.write(pattern(4096), flood);
    };
    flood();
    await collect(near.bytes$).bytes(20_000);
    return undefined;
  },
  writing: async (near) => {
    port.far.hold!();
    const stuck = written(near.write(new Uint8Array(8 << 20)));
    stuck.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return () => expect(stuck).rejects.toMatchObject({ code: 'LINK_LOST' });
  },
};

describe.each(['polled', 'stock'] as const)('a port that is unplugged, %s,', (io) => {
  it.each(Object.keys(DOING))(
    'while %s is an error in under a second, opens when it is back, and leaves nothing open',
    async (doing) => {
      const transport = serialPort(path, { io });
      const first = opening(transport);
      await expectOpen(first);
      first.close();
      await plugInAgain();
      const before = openFiles();

      for (let round = 0; round < 5; round++) {
        const { connection, ended } = opening(transport);
        const near = await connection;
        const rest = firstValueFrom(near.bytes$.pipe(toArray()));
        const outcome = await DOING[doing]!(near);
        const unplugged = performance.now();
        port.unplug();
        expect(await ended).toMatchObject({ code: 'LINK_LOST', message: expect.stringContaining(path) as string });
        expect(performance.now() - unplugged).toBeLessThan(1000);
        await rest; // completed, and so did not error
        await outcome?.();

        await plugInAgain();
        const again = opening(transport);
        await expectOpen(again);
        again.close();
        await expectNoMoreFilesThan(before);
      }
    },
  );

  it('is one loss for a camera, whose frames go on when it is back', async () => {
    const attach = (): Subscription =>
      new VirtualCamera({ width: 160, height: 120, framesPerSecond: 50 }).attach(cameraEnd(port));
    let plugged = attach();
    const before = openFiles();
    const camera = new Camera(serialPort(path, { io }), { closeAfterMs: 10 });
    const states: string[] = [];
    camera.state$.subscribe(({ state }) => states.push(state));
    const errors: unknown[] = [];
    let frames = 0;
    const watching = camera.frames$.subscribe({ next: () => frames++, error: (error) => errors.push(error) });
    const more = (): Promise<unknown> => firstValueFrom(camera.frames$.pipe(take(5), toArray()));
    const reaches = (wanted: string): Promise<unknown> =>
      firstValueFrom(camera.state$.pipe(filter(({ state }) => state === wanted)));

    await more();
    const unplugged = performance.now();
    port.unplug();
    plugged.unsubscribe();
    await reaches('lost');
    expect(performance.now() - unplugged).toBeLessThan(1000);
    await plugInAgain();
    plugged = attach();
    await reaches('ready');
    const seen = frames;
    await more();
    expect(frames).toBeGreaterThan(seen);
    expect(errors).toEqual([]);

    watching.unsubscribe();
    await reaches('closed');
    expect(states.filter((state) => state === 'ready')).toHaveLength(2);
    await expectNoMoreFilesThan(before);
    plugged.unsubscribe();
  });
});
