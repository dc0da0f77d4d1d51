import { Camera, OpenMVError, type CameraEvent } from '../../lib/index.js';
import { Device } from '../../lib/device/index.js';
import { ChannelFlag } from '../../lib/operators/index.js';
import { memoryPair } from '../../lib/testing.js';
import { Clock } from '../device/clock.js';
import { Bench } from './test-bench.js';

describe('running a script', () => {
  it('with parameters sends the script with these values', () => {
    const uploaded: string[] = [];
    const bench = new Bench({
      stdoutIntervalMs: false,
      runScript: (source, { attached$ }) => {
        uploaded.push(source);
        return attached$;
      },
    });
    bench.camera.run('N = 5  # param\nprint(N)\n', { parameters: { N: 6 } }).subscribe();
    bench.pass(1000);
    expect(uploaded).toEqual(['N = 6  # param\nprint(N)\n']);
  });

  it.each([{}, { N: 6 }])('never sends the byte order mark of its file, with parameters %j', (parameters) => {
    const uploaded: string[] = [];
    const bench = new Bench({
      stdoutIntervalMs: false,
      runScript: (source, { attached$ }) => {
        uploaded.push(source);
        return attached$;
      },
    });
    bench.camera.run('\ufeffN = 6  # param\n', { parameters }).subscribe();
    bench.pass(1000);
    expect(uploaded).toEqual(['N = 6  # param\n']);
  });

  it.each([{ M: 1 }, { N: 'six' }, { N: 1.5 }])(
    'refuses the parameters %p at the call, and opens nothing',
    (parameters) => {
      const bench = new Bench();
      expect(() => bench.camera.run('N = 5  # param', { parameters: parameters })).toThrow(OpenMVError);
      expect(bench.openings).toBe(0);
    },
  );

  it('without waiting for its start completes on the acknowledgement', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const order: string[] = [];
    bench.camera.events$.subscribe(({ kind }: CameraEvent) => order.push(kind));
    bench.camera.stop().subscribe();
    bench.pass(1000);
    order.length = 0;
    bench.camera
      .run('while True: pass', { waitForStart: false })
      .subscribe({ complete: () => order.push('completed') });
    bench.pass(1000);
    expect(order.indexOf('completed')).toBeLessThan(order.indexOf('script-started'));
  });
});

describe('stop()', () => {
  /** A camera whose script ends at once when it is told to, and reboots some time after that, or not at all. */
  function stopped(rebootsAfterMs: number | undefined): { at: number; reboots: number; end: unknown } {
    const clock = new Clock();
    const device = new Device({ scheduler: clock });
    const told = { at: NaN, reboots: 0, end: undefined as unknown };
    let running = true;
    const stdin = {
      poll: () => running,
      write: () => 1,
      ioctlSizes: new Map([[1, 0]]),
      ioctl: () => {
        running = false;
        if (rebootsAfterMs === undefined) return 0;
        clock.schedule(() => {
          told.reboots++;
          device.softReboot();
        }, rebootsAfterMs);
        return 0;
      },
    };
    device.register('stdin', stdin, ChannelFlag.WRITE | ChannelFlag.EXEC);
    const [host, end] = memoryPair({ scheduler: clock });
    end.open().subscribe((connection) => device.attach(connection));
    const camera = new Camera(host, { scheduler: clock });
    camera.connect();
    clock.pass(100);
    camera.stop().subscribe({
      error: (error: unknown) => (told.end = error),
      complete: () => Object.assign(told, { at: clock.now() - 100, end: 'done' }),
    });
    clock.pass(5000);
    return told;
  }

  it.each([10, 190, 210, 390])('waits for the reboot that comes %d ms after the script has ended', (ms) => {
    const { at, reboots, end } = stopped(ms);
    expect([end, reboots]).toEqual(['done', 1]);
    expect(at).toBeGreaterThan(ms);
  });

  it('completes soon where the script ends without one', () => {
    const { at, reboots, end } = stopped(undefined);
    expect([end, reboots]).toEqual(['done', 0]);
    expect(at).toBeLessThan(1000);
  });
});

describe('running$', () => {
  it('tells whether a script runs, at once and at each change', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const running: boolean[] = [];
    bench.camera.running$.subscribe((now) => running.push(now));
    bench.pass(500);
    expect(running).toEqual([true]);
    bench.run();
    bench.camera.stop().subscribe();
    bench.pass(500);
    expect(running).toEqual([true, false]);
    bench.camera.run('while True: pass').subscribe();
    bench.pass(500);
    expect(running).toEqual([true, false, true]);
    const late: boolean[] = [];
    bench.camera.running$.subscribe((now) => late.push(now));
    expect(late).toEqual([true]);
  });

  it('finds out within a second that the main script was stopped, which tells nobody', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const running: boolean[] = [];
    bench.camera.running$.subscribe((now) => running.push(now));
    bench.pass(500);
    bench.camera.stop().subscribe();
    bench.pass(1000);
    expect(running).toEqual([true, false]);
  });

  it('finds out within a second where events are off', () => {
    const bench = new Bench({ stdoutIntervalMs: false }, { capabilities: { events: false } });
    const running: boolean[] = [];
    bench.camera.running$.subscribe((now) => running.push(now));
    bench.camera.run('print(1)\nwhile True: pass').subscribe();
    bench.pass(3000);
    bench.camera.stop().subscribe();
    bench.pass(3000);
    expect(running[0]).toBe(true);
    expect(running.at(-1)).toBe(false);
  });

  it('goes on through reboots and a link that is lost, and tells changes only', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const running: boolean[] = [];
    bench.camera.running$.subscribe((now) => running.push(now));
    bench.pass(500);
    bench.run();
    for (let run = 0; run < 3; run++) {
      bench.camera.run('while True: pass').subscribe();
      bench.pass(1000);
      bench.unplug(new OpenMVError('LINK_LOST', 'the cable'));
      bench.pass(2000);
    }
    expect(running).toEqual([true, false, true, false, true, false, true]);
  });

  it('asks nothing when nobody wants to know', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const subscription = bench.camera.running$.subscribe();
    bench.pass(500);
    subscription.unsubscribe();
    bench.pass(5000);
    expect(bench.hostTimers).toBe(0);
  });
});
