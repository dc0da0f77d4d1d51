import { concatMap, defer, delay, of, repeat, type Observable } from 'rxjs';
import { json, regionStatistics, structs, toRgba, type Frame } from '../../lib/index.js';
import { imuLayout, type PictureSettings, type VirtualCameraOptions } from '../../lib/virtual/index.js';
import { text } from '../../lib/host/channel/codecs.js';
import { Bench } from './test-bench.js';

/** A camera with pictures that are drawn, and what a host of this library sees of it. */
function bench(options: VirtualCameraOptions): Bench {
  return new Bench({ width: 64, height: 48, stdoutIntervalMs: false, ...options }, {}, 'drawn');
}

/** Everything that comes within a time. */
function within<T>(camera: Bench, ms: number, source$: Observable<T>): T[] {
  const seen: T[] = [];
  const subscription = source$.subscribe((value) => seen.push(value));
  camera.pass(ms);
  subscription.unsubscribe();
  return seen;
}

describe('a virtual camera, seen from its host', () => {
  it.each([
    ['M7', 'OpenMV Cam M7', 498],
    ['H7 Plus', 'OpenMV Cam H7 Plus', 4082],
    ['RT1062', 'OpenMV Cam RT1062', 4082],
    ['N6', 'OpenMV N6', 8178],
    ['AE3', 'OpenMV AE3', 8178],
  ] as const)('is an %s by its name and its packets, and gives whole frames', (board, name, maxPayload) => {
    const camera = bench({ board });
    const frames: Frame[] = [];
    camera.camera.frames$.subscribe((frame) => frames.push(frame));
    const [info] = within(camera, 1000, camera.camera.info());
    expect([info?.board, info?.capabilities.maxPayload]).toEqual([name, maxPayload]);
    expect(frames.length).toBeGreaterThan(20);
    expect(frames[0]).toMatchObject({
      width: 64,
      height: 48,
      format: board === 'N6' || board === 'AE3' ? 'rgb565' : 'jpeg',
    });
  });

  it.each(['rgb565', 'grayscale', 'binary'] as const)('gives pictures in %s that can be shown', (format) => {
    const camera = bench({ format });
    camera.camera.stream({ raw: { width: 64, height: 48 } }).subscribe();
    const frame = within(camera, 500, camera.camera.frames$).at(-1);
    expect(frame).toMatchObject({ format, width: 64, height: 48 });
    expect(toRgba(frame!)).toHaveLength(4 * 64 * 48);
  });

  it('shows the sensor that was asked for, and says so when there is none', () => {
    const camera = bench({ board: 'N6', sensors: [0x7936, 0x5435] });
    const mean = () =>
      within(camera, 200, camera.camera.frames$)
        .map((frame) => regionStatistics(frame))
        .at(-1);
    const isGray = () => {
      const statistics = mean();
      return statistics?.kind === 'rgb' && Math.abs(statistics.red.mean - statistics.blue.mean) < 3;
    };
    expect(isGray()).toBe(false);
    camera.camera.stream({ source: 0x5435 }).subscribe();
    expect(isGray()).toBe(true);
    let refused: unknown;
    camera.camera.stream({ source: 0x1234 }).subscribe({ error: (error: unknown) => (refused = error) });
    camera.pass(200);
    expect(refused).toMatchObject({ code: 'NAK', status: 1 });
  });

  it('lets its exposure be steered from its pictures', () => {
    const camera = bench({ board: 'N6', format: 'grayscale', exposure: 4 });
    const config = camera.camera.channel('config', json<Partial<PictureSettings>>());
    let exposure = 4;
    const means: number[] = [];
    within(
      camera,
      4000,
      defer(() => camera.camera.readFrame()).pipe(
        concatMap((frame) => {
          const statistics = regionStatistics(frame);
          const mean = statistics.kind === 'grayscale' ? statistics.gray.mean : NaN;
          means.push(mean);
          exposure *= Math.sqrt(80 / mean);
          return config.write({ exposure });
        }),
        concatMap((progress) => of(progress).pipe(delay(40, camera.clock))),
        repeat(),
      ),
    );
    expect(means[0]).toBeGreaterThan(120);
    expect(means.length).toBeGreaterThan(20);
    // The digits take another part of each picture.
    for (const mean of means.slice(-10)) expect(Math.abs(mean - 80)).toBeLessThan(12);
  });

  it('measures its motion without a gap for a host that keeps up', () => {
    const camera = bench({ board: 'AE3' });
    const records = within(camera, 3000, camera.camera.channel('imu', structs(imuLayout)).value$).flat();
    expect(records.length).toBeGreaterThan(2.5 * 208);
    records.slice(1).forEach(({ timestampUs }, index) => {
      const step = Number(timestampUs - records[index]!.timestampUs);
      expect(Math.abs(step - 1e6 / 208)).toBeLessThanOrEqual(1);
    });
  });

  it('runs a script that prints, serves a channel and fails, and says where', () => {
    const camera = bench({});
    let output = '';
    camera.camera.stdout$.subscribe((part) => (output += part));
    camera.pass(100);
    const script = [
      'import protocol, time',
      'LIMIT = 3  # param',
      'note = protocol.register(name="note", backend=Note())',
      'for i in range(LIMIT):',
      '    print(f"round {i} of {LIMIT}")',
      '    note.send_event(1)',
      '    time.sleep_ms(500)',
      'raise OSError("no more")',
    ];
    camera.camera.run(script.join('\n'), { parameters: { LIMIT: 2 } }).subscribe();
    const values = within(camera, 600, camera.camera.channel('note', text).value$);
    camera.camera.channel('note', text).write('hello').subscribe();
    values.push(...within(camera, 100, camera.camera.channel('note', text).read()));
    expect(values.at(0)).toMatch(/^count: \d+$/);
    expect(values.at(-1)).toBe('hello');
    camera.pass(1000);
    const lines = output.split('\r\n');
    expect(lines.filter((line) => line.startsWith('round'))).toEqual(['round 0 of 2', 'round 1 of 2']);
    expect(lines.slice(-7)).toEqual([
      'Traceback (most recent call last):',
      '  File "<stdin>", line 8, in <module>',
      'OSError: no more',
      'MPY: soft reboot',
      'OpenMV v5.0.0; MicroPython v1.29.0; OPENMV4 with STM32H743',
      'Type "help()" for more information.',
      '>>> ',
    ]);
  });
});
