import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BehaviorSubject, filter, firstValueFrom, map, Subscription, take, toArray } from 'rxjs';
import { Cameras, type KnownCamera, type Transport } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { serialPort } from 'openmv-rx/serialport';
import { ptyServer } from '../../lib/cli/serving/pty-server.js';
import { defaultSystemInfo } from '../../lib/device/board.js';
import { temporaryFolder } from './pty.js';

/** A camera with a serial number at a port, until it is unplugged. */
function plugIn(number: number, path: string): Subscription {
  const systemInfo = { ...defaultSystemInfo, deviceId: [0, 0, number] as const };
  const camera = new VirtualCamera({ systemInfo, frameSource: () => new Uint8Array(5000).fill(number) });
  const plugged = new Subscription();
  plugged.add(
    ptyServer(path)
      .open()
      .subscribe((connection) => plugged.add(camera.attach(connection))),
  );
  return plugged;
}

describe('Cameras at real ports', () => {
  it('know a camera that is plugged in again at another port, and what is set of one holds for it alone', async () => {
    const folder = temporaryFolder();
    const at = (name: string): string => join(folder, name);
    const port = (name: string): Transport => serialPort(at(name));
    const plugged = [plugIn(1, at('a')), plugIn(2, at('b'))];
    const found$ = new BehaviorSubject<Transport[]>([port('a'), port('b')]);
    const cameras = new Cameras(found$, { openTimeoutMs: 2000 });
    const failures = cameras.failures$.subscribe();
    const known = (ready: (all: readonly KnownCamera[]) => boolean): Promise<readonly KnownCamera[]> =>
      firstValueFrom(cameras.cameras$.pipe(filter(ready)));
    const watching = cameras.cameras$.subscribe();
    const frames$ = cameras.frames$;
    const counting = frames$.subscribe();

    const first = (await known((all) => all.length === 2)).find(({ id }) => id.endsWith('1'))!;
    const from = (id: string): Promise<number[]> =>
      firstValueFrom(
        frames$.pipe(
          filter((frame) => frame.id === id),
          map(({ value }) => value.data[0]!),
          take(3),
          toArray(),
        ),
      );
    expect(await from(first.id)).toEqual([1, 1, 1]);
    const settled = await firstValueFrom(first.camera.negotiate({ ack: false, maxPayload: 1000 }));
    expect(settled).toMatchObject({ ack: false, maxPayload: 1000 });
    expect(await firstValueFrom(first.camera.running$)).toBe(true);

    plugged[0]!.unsubscribe();
    found$.next([found$.value[1]!]);
    await known((all) => all.some(({ id, at: place }) => id === first.id && place === undefined));
    plugged.push(plugIn(1, at('c')));
    found$.next([found$.value[0]!, port('c')]);
    const again = await known((all) => all.some(({ id, at: place }) => id === first.id && place === at('c')));
    expect(again.find(({ id }) => id === first.id)!.camera).toBe(first.camera);
    expect(await from(first.id)).toEqual([1, 1, 1]);
    expect((await firstValueFrom(first.camera.info())).capabilities).toMatchObject({ ack: false, maxPayload: 1000 });
    const second = again.find(({ id }) => id !== first.id)!;
    expect((await firstValueFrom(second.camera.info())).capabilities).toMatchObject({ ack: true, maxPayload: 4082 });
    expect(await from(second.id)).toEqual([2, 2, 2]);

    for (const subscription of [counting, watching, failures, ...plugged]) subscription.unsubscribe();
    rmSync(folder, { recursive: true, force: true });
  });
});
