import { BehaviorSubject, map, merge, Observable, of, retry, Subject, throwError } from 'rxjs';
import { Cameras, OpenMVError, type CameraFailure, type KnownCamera, type Transport } from '../../lib/index.js';
import { Device } from '../../lib/device/index.js';
import { ChannelFlag } from '../../lib/operators/index.js';
import { memoryPair } from '../../lib/testing.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { defaultSystemInfo } from '../../lib/device/board.js';
import { Clock } from '../device/clock.js';
import { TrackedScheduler } from '../scenarios/tracked-scheduler.js';

const id = (number: number): string => `0000000000000000${number.toString(16).toUpperCase().padStart(8, '0')}`;

/** A camera with a serial number, and ports that lead to it. */
class Plugged {
  readonly device: VirtualCamera;
  readonly #unplugged$ = new Subject<never>();

  constructor(
    clock: Clock,
    readonly number: number,
  ) {
    this.device = new VirtualCamera({
      scheduler: clock,
      stdoutIntervalMs: false,
      systemInfo: { ...defaultSystemInfo, deviceId: [0, 0, number] },
      frameSource: (index) => Uint8Array.of(0xff, 0xd8, index, index >> 8, number, 0xff, 0xd9),
    });
  }

  at(name: string): Transport {
    const transport = this.device.transport();
    return {
      name,
      open: () =>
        new Observable((subscriber) => {
          subscriber.add(transport.open().subscribe(subscriber));
          subscriber.add(this.#unplugged$.subscribe(subscriber));
        }),
    };
  }

  unplug(): void {
    this.#unplugged$.error(new OpenMVError('LINK_LOST', 'unplugged'));
  }
}

const silent = (name: string): Transport => ({
  name,
  open: () =>
    new Observable((subscriber) =>
      subscriber.next({ bytes$: new Subject(), write: () => new Observable((s) => s.complete()) }),
    ),
});

describe('Cameras', () => {
  it('keeps twelve apart by their serial numbers, and what befalls some touches no other', () => {
    const clock = new Clock();
    const plugged = Array.from({ length: 11 }, (_, at) => new Plugged(clock, at + 1));
    const ports = new Map(plugged.map((camera) => [`port ${camera.number}`, camera.at(`port ${camera.number}`)]));
    ports.set('port 12', silent('port 12'));
    const found$ = new BehaviorSubject([...ports.values()]);
    const cameras = new Cameras(found$, { scheduler: clock });
    let known: readonly KnownCamera[] = [];
    const failures: CameraFailure[] = [];
    const counts = new Map<string, number>();
    const wrong: string[] = [];
    cameras.failures$.subscribe((failure) => failures.push(failure));
    cameras.cameras$.subscribe((now) => (known = now));
    cameras.frames$.subscribe(({ id: from, value: { data } }) => {
      counts.set(from, (counts.get(from) ?? 0) + 1);
      if (from !== id(data[4] ?? 0)) wrong.push(from);
    });
    const states: string[] = [];
    cameras.state$.subscribe(({ id: from, value: { state } }) => states.push(`${from.slice(-1)} ${state}`));
    const framesOf = (ms: number): Map<string, number> => {
      counts.clear();
      clock.pass(ms);
      return new Map(counts);
    };
    clock.pass(6000);
    expect(known.map((camera) => camera.id).sort()).toEqual(plugged.map(({ number }) => id(number)).sort());
    expect(failures.map(({ at, id: of, error }) => [at, of, error.code])).toEqual([['port 12', undefined, 'TIMEOUT']]);
    const usual = framesOf(2000);
    for (const { number } of plugged) expect(usual.get(id(number))).toBeGreaterThan(45);
    const camera1 = cameras.get(id(1));
    states.length = 0;

    // One is unplugged and comes back elsewhere, one reboots; the one that is silent stays so.
    plugged[0]?.unplug();
    ports.delete('port 1');
    found$.next([...ports.values()]);
    cameras.get(id(2))?.run('pass').subscribe();
    const meanwhile = framesOf(2000);
    expect(known.find((camera) => camera.id === id(1))?.at).toBeUndefined();
    const again = new Plugged(clock, 1);
    ports.set('other port', again.at('other port'));
    found$.next([...ports.values()]);
    cameras.get(id(2))?.run('while True: pass').subscribe();
    clock.pass(8000);
    expect(known.find((camera) => camera.id === id(1))).toEqual({ id: id(1), camera: camera1, at: 'other port' });
    expect(known).toHaveLength(11);
    const after = framesOf(2000);
    for (const { number } of plugged) expect(after.get(id(number))).toBeGreaterThan(45);
    for (const { number } of plugged.slice(2)) {
      expect(meanwhile.get(id(number))).toBeGreaterThan(45);
      expect(states.filter((state) => state.startsWith(`${number.toString(16).toUpperCase()} `))).toEqual([]);
    }
    expect(wrong).toEqual([]);
  });

  it('asks who is there once, opens nothing more while nobody uses a camera, and nothing before it is subscribed to', () => {
    const clock = new Clock();
    const camera = new Plugged(clock, 7);
    let openings = 0;
    const transport = camera.at('port');
    const counted: Transport = {
      name: 'port',
      open: () =>
        new Observable((subscriber) => {
          openings++;
          return transport.open().subscribe(subscriber);
        }),
    };
    const cameras = new Cameras(undefined, { scheduler: clock });
    const added = cameras.add(counted);
    clock.pass(1000);
    expect(openings).toBe(0);
    let known: readonly KnownCamera[] = [];
    const subscription = cameras.cameras$.subscribe((now) => (known = now));
    clock.pass(10_000);
    expect(openings).toBe(1);
    expect(known.map((one) => [one.id, one.at])).toEqual([[id(7), 'port']]);
    added.unsubscribe();
    expect(known.map((one) => [one.id, one.at])).toEqual([[id(7), undefined]]);
    subscription.unsubscribe();
  });

  it('notices that another camera is at a port that never seemed to change', () => {
    const clock = new Clock();
    const [first, second] = [new Plugged(clock, 1), new Plugged(clock, 2)];
    let now = first;
    const transport: Transport = { name: 'port', open: () => now.at('port').open() };
    const cameras = new Cameras(undefined, { scheduler: clock });
    cameras.add(transport);
    const frames: string[] = [];
    cameras.frames$.pipe(map(({ id: from }) => from)).subscribe((from) => frames.push(from));
    clock.pass(2000);
    now = second;
    first.unplug();
    clock.pass(10_000);
    expect(frames[0]).toBe(id(1));
    expect(frames.at(-1)).toBe(id(2));
  });

  it('tells of a camera whose frames make no sense, again and again, and goes on with the others', () => {
    const clock = new Clock();
    const header = new Uint8Array(Uint32Array.of(100, 100, 0x0c030002, 2, 32, 0, 0, 0).buffer);
    const device = new Device({ scheduler: clock, systemInfo: { ...defaultSystemInfo, deviceId: [0, 0, 5] } });
    const stream = { lock: () => true, unlock: () => true, size: () => 32, readp: () => header, ioctl: () => 0 };
    device.register('stream', stream, ChannelFlag.READ | ChannelFlag.LOCK | ChannelFlag.STREAM);
    const [bad, end] = memoryPair({ scheduler: clock });
    end
      .open()
      .pipe(retry())
      .subscribe((connection) => device.attach(connection));
    const good = new Plugged(clock, 6);
    const cameras = new Cameras(of([{ name: 'bad', open: () => bad.open() }, good.at('good')]), { scheduler: clock });
    const failures: CameraFailure[] = [];
    cameras.failures$.subscribe((failure) => failures.push(failure));
    let frames = 0;
    cameras.frames$.subscribe(({ id: from }) => (frames += from === id(6) ? 1 : 0));
    clock.pass(5500);
    expect(failures.map(({ id: from, at, error }) => [from, at, error.code]).slice(0, 3)).toEqual(
      Array(3).fill([id(5), 'bad', 'MALFORMED']),
    );
    expect(frames).toBeGreaterThan(100);
  });

  it('uses the way to a camera that was found last, and when that goes the one before', () => {
    const clock = new Clock();
    const camera = new Plugged(clock, 3);
    const found$ = new BehaviorSubject([camera.at('cable')]);
    const cameras = new Cameras(found$, { scheduler: clock });
    let known: readonly KnownCamera[] = [];
    let frames = 0;
    cameras.cameras$.subscribe((now) => (known = now));
    cameras.frames$.subscribe(() => frames++);
    const at = (): unknown => known.map((one) => [one.id, one.at]);
    clock.pass(2000);
    expect(at()).toEqual([[id(3), 'cable']]);
    const network = new Plugged(clock, 3);
    found$.next([...found$.value, network.at('network')]);
    clock.pass(2000);
    expect(at()).toEqual([[id(3), 'network']]);
    network.unplug();
    found$.next(found$.value.slice(0, 1));
    frames = 0;
    clock.pass(3000);
    expect(at()).toEqual([[id(3), 'cable']]);
    expect(frames).toBeGreaterThan(25);
  });

  const broken = (name: string): Transport => ({
    name,
    open: () => throwError(() => new OpenMVError('PORT_UNAVAILABLE', `${name} is broken`)),
  });

  it('asks a port that fails at once again, soon at first, every five seconds at last, and no more when it is unsubscribed from', () => {
    const clock = new Clock();
    const host = new TrackedScheduler(clock);
    const cameras = new Cameras(of([broken('a'), broken('b')]), { scheduler: host });
    const failures: string[] = [];
    cameras.failures$.subscribe(({ at, error }) => failures.push(`${at} ${error.code}`));
    const subscription = cameras.cameras$.subscribe();
    // After 0, 0.5, 1.5, 3.5 and 7.5 seconds, and then every five.
    clock.pass(11_000);
    expect(failures).toEqual(Array(5).fill(['a PORT_UNAVAILABLE', 'b PORT_UNAVAILABLE']).flat());
    clock.pass(10_000);
    expect(failures).toHaveLength(14);
    subscription.unsubscribe();
    clock.pass(20_000);
    expect(failures).toHaveLength(14);
    expect(host.pending).toBe(0);
  });

  it('watches nothing more when it is unsubscribed from by who is told of a failure', () => {
    const clock = new Clock();
    const host = new TrackedScheduler(clock);
    const cameras = new Cameras(undefined, { scheduler: host });
    const subscription = cameras.cameras$.subscribe();
    let failures = 0;
    cameras.failures$.subscribe(() => {
      failures++;
      subscription.unsubscribe();
    });
    cameras.add(broken('a'));
    clock.pass(20_000);
    expect(failures).toBe(1);
    expect(host.pending).toBe(0);
  });

  it('takes cameras that are added, and taken out, by who is told of another', () => {
    const clock = new Clock();
    const [first, second] = [new Plugged(clock, 1), new Plugged(clock, 2)];
    const cameras = new Cameras(undefined, { scheduler: clock });
    let known: readonly KnownCamera[] = [];
    let replaced = false;
    const subscription = cameras.cameras$.subscribe((now) => {
      known = now;
      if (replaced || now.length === 0) return;
      replaced = true;
      added.unsubscribe();
      cameras.add(second.at('second'));
    });
    const added = cameras.add(first.at('first'));
    clock.pass(3000);
    expect(known.map((one) => [one.id, one.at])).toEqual([
      [id(1), undefined],
      [id(2), 'second'],
    ]);
    subscription.unsubscribe();
  });

  it('keeps what was found when there is no more to be found', () => {
    const clock = new Clock();
    const cameras = new Cameras(of([new Plugged(clock, 1).at('port')]), { scheduler: clock });
    let frames = 0;
    let ended = false;
    cameras.frames$.subscribe({ next: () => frames++, complete: () => (ended = true) });
    clock.pass(5000);
    expect(frames).toBeGreaterThan(50);
    expect(ended).toBe(false);
  });

  it('ends with the error of what finds them, and closes its ports', () => {
    const clock = new Clock();
    const host = new TrackedScheduler(clock);
    const transport = new Plugged(clock, 1).at('port');
    const found$ = new BehaviorSubject([transport]);
    const failing$ = new Subject<never>();
    const cameras = new Cameras(merge(found$, failing$), { scheduler: host });
    const seen: string[] = [];
    cameras.frames$.subscribe({ error: (error: Error) => seen.push(`frames ${error.message}`) });
    cameras.cameras$.subscribe({ error: (error: Error) => seen.push(`cameras ${error.message}`) });
    clock.pass(2000);
    failing$.error(new Error('no more ports'));
    expect(seen.sort()).toEqual(['cameras no more ports', 'frames no more ports']);
    clock.pass(5000);
    expect(host.pending).toBe(0);
    // The port is free again.
    let frames = 0;
    new Cameras(found$, { scheduler: host }).frames$.subscribe(() => frames++);
    clock.pass(2000);
    expect(frames).toBeGreaterThan(20);
  });
});
