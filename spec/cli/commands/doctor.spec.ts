import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filter, firstValueFrom, lastValueFrom, map, repeat, takeUntil, timer, toArray } from 'rxjs';
import { cameraChecks, failedCamera } from '../../../lib/cli/doctor/camera-checks.js';
import { Report } from '../../../lib/cli/doctor/report.js';
import { OpenMVError } from '../../../lib/errors.js';
import { Camera } from '../../../lib/index.js';
import { faulty, memoryPair } from '../../../lib/testing.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { ran } from './running.js';

const folder = mkdtempSync(join(tmpdir(), 'doctor-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('doctor', () => {
  it('describes the camera and its speed, and writes a report without private data', async () => {
    const file = join(folder, 'report.json');
    const { stdout, error } = await ran('doctor', '--virtual', '--json', '--report', file);
    expect(error).toBeUndefined();
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.map(({ check }) => check)).toEqual(['camera', 'firmware', 'round trip', 'frame', 'link', undefined]);
    expect(lines.every(({ state }) => state !== 'failed')).toBe(true);
    expect(lines[1]).toMatchObject({ state: 'ok', found: '5.0.0, protocol 1.0.2' });
    const report = readFileSync(file, 'utf8');
    expect(JSON.parse(report)).toMatchObject({
      versions: { node: process.version },
      camera: { board: 'OpenMV Cam H7' },
      trace: expect.arrayContaining([expect.stringContaining('CHANNEL_READ')]) as string[],
    });
    expect(report).not.toContain('0C0B0A09');
    expect((await ran('doctor', '--virtual', '--report', file)).error).toMatchObject({ code: 'FILE_EXISTS' });
  });

  it.each([
    ['/dev/serial/by-id/usb-OpenMV_Cam_3551-if00 (OpenMV)', '/dev/serial/by-id/*** (OpenMV)'],
    ['/dev/cu.usbmodem3551, /dev/tty.usbserial-AB12', '/dev/cu.usbmodem***, /dev/tty.usbserial-***'],
    ['tcp://lab.example:9 refuses; udp://[fe80::1]:5', 'tcp://***:9 refuses; udp://***:5'],
    ['ws://lab.example/a: getaddrinfo ENOTFOUND lab.example', 'ws://***/a: getaddrinfo ENOTFOUND ***'],
    ['/dev/ttyACM0: this program may open it', '/dev/ttyACM0: this program may open it'],
  ])('masks serial numbers and hosts in a report: %s', (found, masked) => {
    const report = new Report(['lab.example']);
    report.add({ check: found, state: 'ok', found });
    expect(JSON.parse(report.text('1.0.0'))).toMatchObject({ checks: [{ check: masked, found: masked }] });
  });

  it("fails if the camera can't be reached, and says what to do", async () => {
    const { stdout, error } = await ran('doctor', '--tcp', '127.0.0.1:1', '--timeout', '1');
    expect(stdout).toMatch(/^failed {3}camera .+\n {9}Try: .+\n$/);
    expect(error).toMatchObject({ message: '1 check failed: follow the advice, then run it again' });
  });
});

describe('the checks of a camera', () => {
  const checks = async (camera: Camera) => lastValueFrom(cameraChecks(camera, () => undefined, 100).pipe(toArray()));

  it('stop at the first failure that prevents the rest', async () => {
    const [nobody] = memoryPair();
    const camera = new Camera(nobody, { reconnect: 'never', openTimeoutMs: 50, closeAfterMs: 0 });
    expect(await checks(camera)).toMatchObject([
      { check: 'camera', state: 'failed', advice: expect.any(String) as string },
    ]);
    expect(failedCamera(new OpenMVError('UNSUPPORTED_FIRMWARE', 'it has 4.5.0'))).toMatchObject({ check: 'firmware' });
  });

  it('warn of a camera without frames, and of a link that loses packets', async () => {
    const dark = (): never => {
      throw new Error('the lens is covered');
    };
    const quiet = new VirtualCamera({ frameSource: dark });
    const lossy = faulty(quiet.transport(), { loss: 0.1, seed: 3 });
    const camera = new Camera(lossy, { reconnect: 'never', closeAfterMs: 0 });
    const found = await lastValueFrom(
      cameraChecks(camera, () => undefined, 100).pipe(
        map(({ check, state }) => `${check}: ${state}`),
        toArray(),
      ),
    );
    expect(found).toEqual(['camera: ok', 'firmware: ok', 'round trip: ok', 'frame: warning', 'link: warning']);
  });

  it('give no advice if the message already names the option to use', () => {
    const several = 'several cameras are plugged in: choose one with --port: /dev/ttyACM0, /dev/ttyACM1';
    expect(failedCamera(new OpenMVError('PORT_UNAVAILABLE', several))).toEqual({
      check: 'camera',
      state: 'failed',
      found: several,
    });
    const missing = new OpenMVError('PORT_UNAVAILABLE', '/dev/ttyACM0 is not a serial port');
    expect(failedCamera(missing).advice).toContain('plugged in');
  });

  it.each([
    [false, 'off'],
    [true, 'on'],
  ])('leave the stream as it was: %s, %s', async (wasOn) => {
    const virtual = new VirtualCamera({ framesPerSecond: 100 });
    const host = () => new Camera(virtual.transport(), { reconnect: 'never', closeAfterMs: 0 });
    const closed = async (camera: Camera) =>
      firstValueFrom(camera.state$.pipe(filter(({ state }) => state === 'closed')));
    // A frame waits in a stream that is on.
    const waits = async (within: number): Promise<boolean> => {
      const camera = host();
      const polls$ = camera
        .channel('stream')
        .poll()
        .pipe(repeat({ delay: 5 }), takeUntil(timer(within)));
      const found = await firstValueFrom(polls$.pipe(filter(Boolean)), { defaultValue: false });
      await closed(camera);
      return found;
    };
    if (wasOn) {
      const before = host();
      await lastValueFrom(before.stream({ enabled: true }));
      await closed(before);
    }
    expect(await waits(wasOn ? 5000 : 50)).toBe(wasOn);
    const camera = host();
    expect(await checks(camera)).toContainEqual(expect.objectContaining({ check: 'frame', state: 'ok' }));
    await closed(camera);
    expect(await waits(wasOn ? 5000 : 100)).toBe(wasOn);
  });

  it('say how many frames arrived, if any did', async () => {
    let made = 0;
    const frameSource = (): Uint8Array => {
      if (made++ > 0) throw new Error('the lens is covered');
      return new Uint8Array(100);
    };
    const camera = new Camera(new VirtualCamera({ frameSource }).transport(), {
      reconnect: 'never',
      frameTimeoutMs: 100,
      closeAfterMs: 0,
    });
    expect(await checks(camera)).toContainEqual(
      expect.objectContaining({
        check: 'frame',
        state: 'warning',
        found: 'only 1 of 3 arrived, and none in the last 100 ms',
      }),
    );
  });
});
