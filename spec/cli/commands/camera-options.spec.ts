import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom, map, merge, NEVER, shareReplay } from 'rxjs';
import { bridge } from '../../../lib/cli/bridge/bridge.js';
import { withRawFrames } from '../../../lib/cli/camera-command.js';
import { Camera, type Frame } from '../../../lib/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { ran } from './running.js';

const folder = mkdtempSync(join(tmpdir(), 'camera-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('--raw', () => {
  it('delivers uncompressed frames', async () => {
    const { stdout, error } = await ran('frames', '--virtual', '--raw', '32x24', '--count', '2', '--json');
    expect(error).toBeUndefined();
    const [first] = jsonLines(stdout);
    expect(first).toMatchObject({ width: 32, height: 24, bytes: 32 * 24 * 2 });
    expect(first).not.toMatchObject({ format: 'jpeg' });
  });

  it.each([
    ['is done', (camera: Camera) => camera.readFrame()],
    ['is given up', (camera: Camera) => merge(camera.readFrame(), NEVER)],
    [
      'fails',
      (camera: Camera) =>
        camera.readFrame().pipe(
          map((): Frame => {
            throw new Error('full');
          }),
        ),
    ],
  ])('ends for the camera when the work %s', async (_, work) => {
    const virtual = new VirtualCamera();
    const camera = new Camera(virtual.transport(), { reconnect: 'never', closeAfterMs: 1000 });
    const connection = camera.connect();
    const first = firstValueFrom(withRawFrames(camera, { width: 8, height: 8 }, work(camera)));
    await first.then(
      ({ width, format }) => expect([width, format]).toEqual([8, 'rgb565']),
      (error: unknown) => expect((error as Error).message).toBe('full'),
    );
    await firstValueFrom(camera.stream({ enabled: true }), { defaultValue: undefined });
    const jpeg$ = camera.frames$.pipe(filter(({ format }) => format === 'jpeg'));
    expect(await firstValueFrom(jpeg$)).toMatchObject({ width: 320 });
    connection.unsubscribe();
  });
});

describe('--trace', () => {
  it('appends the events of the link to the file until the port is closed', async () => {
    const file = join(folder, 'link.txt');
    writeFileSync(file, 'earlier\n');
    expect((await ran('info', '--virtual', '--trace', file)).error).toBeUndefined();
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines[0]).toBe('earlier');
    expect(lines.some((line) => /^\d+ sent PROTO_SYNC channel 0/.test(line))).toBe(true);
    expect(lines.at(-2)).toMatch(/closed/);
  });

  it("fails before it opens the camera if the file can't be created", async () => {
    const { error, stdout } = await ran('info', '--virtual', '--trace', '/no/such/folder/a');
    expect(error).toMatchObject({ code: 'FILE_UNAVAILABLE' });
    expect(stdout).toBe('');
  });

  it('fails on a full disk', async () => {
    const { error } = await ran('frames', '--virtual', '--count', '1000', '--trace', '/dev/full');
    expect(error).toMatchObject({ code: 'DISK_FULL' });
  });
});

describe('--ws', () => {
  it('reaches the camera of a bridge with its token', async () => {
    const events$ = bridge(new VirtualCamera().transport(), {
      listen: { host: '127.0.0.1', port: 0 },
      origins: [],
      token: 'secret',
    }).pipe(shareReplay({ bufferSize: 1, refCount: true }));
    const serving = events$.subscribe();
    const url$ = events$.pipe(map((event) => ('listening' in event ? event.listening : '')));
    const url = await firstValueFrom(url$);
    const { stdout, error } = await ran('info', '--ws', url, '--ws-token', 'secret', '--json');
    expect(error).toBeUndefined();
    expect(JSON.parse(stdout)).toMatchObject({ board: 'OpenMV Cam H7' });
    expect((await ran('info', '--ws', url, '--ws-token', 'wrong')).error).toBeDefined();
    serving.unsubscribe();
  });
});

describe('--baudrate', () => {
  it('sets the baud rate of the port', async () => {
    const { error } = await ran('info', '--port', '/no/such/port', '--baudrate', '115200');
    expect(error).toMatchObject({ code: 'PORT_UNAVAILABLE' });
  });
});
