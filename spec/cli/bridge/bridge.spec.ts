import { once } from 'node:events';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { WebSocket } from 'ws';
import { Camera, json } from '../../../lib/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { webSocket } from '../../../lib/transport/websocket/index.js';
import { collect, pattern } from '../../contracts/far-end.js';
import { BridgeBed } from './bridge-bed.js';

describe('bridge', () => {
  let bed: BridgeBed;
  beforeEach(async () => {
    bed = await BridgeBed.start();
  });
  afterEach(() => bed.end());

  it('transfers many bytes in both directions, in order', async () => {
    const { connection, close } = bed.host();
    const near = await connection;
    await bed.opened(1);
    const there = collect(bed.camera.received$);
    const back = collect(near.bytes$);
    const [request, reply] = [pattern(20_000), pattern(2_000_000, 2)];
    for (let i = 0; i < 100; i++) {
      near.write(request.subarray(i * 200, (i + 1) * 200));
      bed.camera.send(reply.subarray(i * 20_000, (i + 1) * 20_000));
    }
    expect(Buffer.compare(await there.bytes(request.length), request)).toBe(0);
    expect(Buffer.compare(await back.bytes(reply.length), reply)).toBe(0);
    close();
  });

  it('keeps the camera open only while a host is connected', async () => {
    expect(bed.camera.openings).toBe(0);
    const { connection, close } = bed.host();
    await connection;
    await bed.opened(1);
    close();
    await bed.opened(0);
    await bed.expectAlive();
  });

  it('loses no bytes that arrive before the camera is open', async () => {
    const socket = new WebSocket(bed.url);
    socket.once('open', () => socket.send(pattern(10)));
    const there = collect(bed.camera.received$);
    expect(await there.bytes(10)).toEqual(Buffer.from(pattern(10)));
    socket.close();
  });

  it('tells a second host that the camera is in use, without disturbing the first', async () => {
    const first = bed.host();
    const near = await first.connection;
    await bed.opened(1);
    expect(await bed.host().ended).toMatchObject({
      code: 'LINK_LOST',
      message: expect.stringContaining('another host is using the camera, code 4409') as string,
    });
    const there = collect(bed.camera.received$);
    near.write(pattern(10));
    expect(await there.bytes(10)).toHaveLength(10);
    first.close();
  });

  it('admits a host as soon as the other has left, repeatedly', async () => {
    for (let round = 0; round < 20; round++) {
      const { connection, close } = bed.host();
      const near = await connection;
      const there = collect(bed.camera.received$);
      near.write(pattern(10, round));
      await there.ending(pattern(10, round));
      close();
    }
  });

  it('does not open the camera for a host that left the queue', async () => {
    const first = bed.host();
    await first.connection;
    await bed.opened(1);
    const second = new WebSocket(bed.url);
    await once(second, 'open');
    second.terminate();
    first.close();
    await bed.opened(0);
    await bed.expectAlive();
  });

  it('tells its host that the camera was lost, and reopens it for the next one', async () => {
    const { connection, ended } = bed.host();
    await connection;
    await bed.opened(1);
    bed.camera.lose();
    expect(await ended).toMatchObject({
      code: 'LINK_LOST',
      message: expect.stringContaining('the camera went away, code 4502') as string,
    });
    await bed.expectAlive();
  });

  it("tells its host that the camera can't be opened, and tries again for the next one", async () => {
    bed.camera.unavailable = true;
    for (let round = 0; round < 2; round++)
      expect(await bed.host().ended).toMatchObject({
        message: expect.stringContaining('the camera is not there, code 4502') as string,
      });
    bed.camera.unavailable = false;
    await bed.expectAlive();
  });

  it('disconnects its host when it ends, and releases the camera and the port', async () => {
    const { connection, ended } = bed.host();
    await connection;
    await bed.opened(1);
    bed.end();
    expect(await ended).toMatchObject({
      message: expect.stringContaining('the bridge was stopped, code 1001') as string,
    });
    expect(bed.camera.openings).toBe(0);
    expect(await bed.host().ended).toMatchObject({ code: 'PORT_UNAVAILABLE' });
  });

  it('reports that its port is in use', async () => {
    const { port } = new URL(bed.url);
    await expect(BridgeBed.start({ listen: { host: '127.0.0.1', port: Number(port) } })).rejects.toMatchObject({
      code: 'PORT_UNAVAILABLE',
      message: expect.stringContaining('in use by another program') as string,
    });
  });
});

describe('bridge to a complete camera', () => {
  it('serves frames, and a value that is written and read', async () => {
    const virtual = new VirtualCamera({ width: 160, height: 120, framesPerSecond: 100 });
    const bed = await BridgeBed.start({}, virtual.transport());
    const remote = new Camera(webSocket(bed.url, { WebSocket }), { closeAfterMs: 0 });
    const frames = await firstValueFrom(remote.frames$.pipe(take(5), toArray()));
    expect(frames.map(({ width }) => width)).toEqual([160, 160, 160, 160, 160]);
    const config = remote.channel('config', json<{ quality: number }>());
    await lastValueFrom(config.write({ quality: 50 }));
    expect(await firstValueFrom(config.read())).toMatchObject({ quality: 50 });
    bed.end();
  });
});
