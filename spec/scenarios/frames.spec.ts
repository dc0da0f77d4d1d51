import { concatMap, defer, delay, of, repeat, Subject, type Subscription } from 'rxjs';
import type { Frame, OpenMVError } from '../../lib/index.js';
import { Opcode } from '../../lib/operators/index.js';
import { frameIndex, Bench } from './test-bench.js';
import { streamOf } from '../virtual/stream-of.js';

const numbers = (frames: readonly Frame[]): number[] => frames.map(({ data }) => frameIndex(data));

function collect(bench: Bench): { frames: Frame[]; subscription: Subscription } {
  const frames: Frame[] = [];
  return { frames, subscription: bench.camera.frames$.subscribe((frame) => frames.push(frame)) };
}

describe('frames', () => {
  it('come as the camera has them, each once, whole and with its number rising', () => {
    const bench = new Bench({ framesPerSecond: 20 });
    const { frames } = collect(bench);
    bench.pass(5000);
    expect(frames.length).toBeGreaterThanOrEqual(98);
    numbers(frames).forEach((number, i, all) => i === 0 || expect(number).toBeGreaterThan(all[i - 1] as number));
    expect(new Set(frames.map(({ data }) => data.length))).toEqual(new Set([5006]));
    expect(frames.map(({ index }) => index)).toEqual(frames.map((_, i) => i));
    expect(frames[0]).toMatchObject({ format: 'jpeg', width: 320, height: 240 });
  });

  it('are read once from the camera for two subscribers', () => {
    const bench = new Bench();
    const first = collect(bench);
    const second = collect(bench);
    bench.pass(1000);
    expect(first.frames.length).toBeGreaterThan(20);
    expect(second.frames).toEqual(first.frames);
    expect(bench.sent(Opcode.CHANNEL_UNLOCK)).toHaveLength(first.frames.length);
  });

  it('are not read while nobody subscribes, and the stream is off', () => {
    const bench = new Bench();
    const link = bench.camera.connect();
    bench.pass(2000);
    expect(bench.sent(Opcode.CHANNEL_LOCK)).toEqual([]);
    expect(bench.sent(Opcode.CHANNEL_IOCTL)).toEqual([]);
    link.unsubscribe();
  });

  it('switch the stream on with the first subscriber and off behind the last', () => {
    const bench = new Bench();
    const link = bench.camera.connect();
    const first = collect(bench);
    const second = collect(bench);
    bench.pass(500);
    first.subscription.unsubscribe();
    bench.pass(500);
    const controls = (): number[] => bench.sent(Opcode.CHANNEL_IOCTL).map(({ payload }) => payload[4] as number);
    expect(controls()).toEqual([1]);
    second.subscription.unsubscribe();
    bench.pass(999);
    expect(controls()).toEqual([1]);
    bench.pass(1);
    expect(controls()).toEqual([1, 0]);
    bench.forget();
    bench.pass(3000);
    expect(bench.sent(Opcode.CHANNEL_LOCK)).toEqual([]);
    link.unsubscribe();
  });

  it('leave the stream on for a readFrame() that comes within the grace', () => {
    const bench = new Bench();
    const link = bench.camera.connect();
    const first = collect(bench);
    bench.pass(500);
    first.subscription.unsubscribe();
    bench.pass(500);
    const taken: number[] = [];
    const reading = defer(() => bench.camera.readFrame())
      .pipe(repeat())
      .subscribe(({ data }) => taken.push(frameIndex(data)));
    bench.pass(3000);
    reading.unsubscribe();
    expect(taken.length).toBeGreaterThan(60);
    // The first had been published when the watcher left.
    const [, ...later] = taken;
    expect(later).toEqual(later.map((_, i) => later[0]! + i));
    link.unsubscribe();
  });

  it('have the stream as the last call wants it, however many commands the calls before it take', () => {
    const bench = new Bench();
    const link = bench.camera.connect();
    bench.pass(100);
    bench.forget();
    bench.camera.stream({ raw: { width: 64, height: 48 }, enabled: true }).subscribe();
    bench.camera.stream({ enabled: false }).subscribe();
    bench.pass(100);
    expect(bench.sent(Opcode.CHANNEL_IOCTL).map(({ payload }) => payload[0])).toEqual([2, 1, 0, 0]);
    expect(bench.sent(Opcode.CHANNEL_IOCTL).at(-1)!.payload[4]).toBe(0);
    link.unsubscribe();
  });

  it('are switched off in the next session where the last of them left in vain', () => {
    const bench = new Bench();
    const link = bench.camera.connect();
    const first = collect(bench);
    bench.pass(500);
    first.subscription.unsubscribe();
    bench.pass(999);
    bench.deaf = true;
    bench.pass(500);
    bench.deaf = false;
    bench.device.device.softReboot();
    bench.pass(2000);
    expect(streamOf(bench.device).enabled).toBe(false);
    link.unsubscribe();
  });

  it('leave the stream alone once the program has decided about it', () => {
    const bench = new Bench();
    const link = bench.camera.connect();
    bench.camera.stream({ enabled: true }).subscribe();
    const { frames, subscription } = collect(bench);
    bench.pass(500);
    subscription.unsubscribe();
    bench.pass(500);
    expect(frames.length).toBeGreaterThan(5);
    expect(bench.sent(Opcode.CHANNEL_IOCTL)).toHaveLength(1);
    link.unsubscribe();
  });

  it('arrive raw when that was asked for, also after a reboot of the camera', () => {
    const bench = new Bench({}, {}, 'drawn');
    bench.camera.stream({ raw: { width: 40, height: 30 } }).subscribe();
    const { frames } = collect(bench);
    bench.pass(1000);
    expect(frames.at(-1)).toMatchObject({ format: 'rgb565', width: 40, height: 30 });
    bench.run();
    let stopped = false;
    bench.camera.stop().subscribe({ complete: () => (stopped = true) });
    bench.pass(1000);
    expect(stopped).toBe(true);
    const before = frames.length;
    bench.camera.run('while True: pass').subscribe();
    bench.pass(1000);
    expect(frames.length).toBeGreaterThan(before);
    expect(frames.at(-1)).toMatchObject({ format: 'rgb565', width: 40, height: 30 });
  });

  it('hold the camera back while the program is busy with one, and lose none that it published', () => {
    const bench = new Bench({ framesPerSecond: 50 });
    const saved: Frame[] = [];
    const recording = defer(() => bench.camera.readFrame())
      .pipe(
        concatMap((frame) => of(frame).pipe(delay(150, bench.clock))),
        repeat(),
      )
      .subscribe((frame) => saved.push(frame));
    bench.pass(3000);
    recording.unsubscribe();
    expect(saved.length).toBeGreaterThan(17);
    expect(bench.sent(Opcode.CHANNEL_UNLOCK).length).toBeLessThanOrEqual(saved.length + 1);
    // The stream was left on in between: switching it off would drop the frame at hand.
    expect(bench.sent(Opcode.CHANNEL_IOCTL).length).toBeLessThanOrEqual(2);
  });

  it('are not lost, nor the stream switched, between two readFrame() of a slow program', () => {
    const bench = new Bench({ framesPerSecond: 20 }, { closeAfterMs: 100 });
    const link = bench.camera.connect();
    const taken: number[] = [];
    const recording = defer(() => bench.camera.readFrame())
      .pipe(
        concatMap((frame) => of(frame).pipe(delay(300, bench.clock))),
        repeat(),
      )
      .subscribe(({ data }) => taken.push(frameIndex(data)));
    bench.pass(4000);
    recording.unsubscribe();
    expect(taken.length).toBeGreaterThan(10);
    expect(bench.sent(Opcode.CHANNEL_IOCTL)).toHaveLength(1);
    expect(bench.openings).toBe(1);
    link.unsubscribe();
  });

  it('leave the stream off behind the last, though the link closes and a slow command is under way', () => {
    const bench = new Bench({}, { closeAfterMs: 50 });
    const slow = new Subject<number>();
    bench.device.device.register('slow', { ioctl: () => slow });
    const { frames, subscription } = collect(bench);
    bench.pass(500);
    bench.camera.channel('slow').ioctl(1).subscribe().unsubscribe();
    bench.pass(5);
    subscription.unsubscribe();
    bench.pass(700);
    slow.next(0);
    slow.complete();
    bench.pass(500);
    expect(frames.length).toBeGreaterThan(5);
    expect(bench.sent(Opcode.CHANNEL_IOCTL).at(-1)?.payload).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0));
    let state = '';
    bench.camera.state$.subscribe((now) => (state = now.state)).unsubscribe();
    expect(state).toBe('closed');
  });

  it('that do not come in time are an error of readFrame that says what to try', () => {
    const bench = new Bench({}, { frameTimeoutMs: 1000 });
    const link = bench.camera.connect();
    bench.camera.stop().subscribe();
    bench.pass(2000);
    let error: OpenMVError | undefined;
    bench.camera.readFrame().subscribe({ error: (thrown: OpenMVError) => (error = thrown) });
    bench.pass(1500);
    expect(error).toMatchObject({ code: 'TIMEOUT' });
    expect(error?.message).toContain('camera.run(script)');
    link.unsubscribe();
  });

  it('begin again after the port was lost and is back', () => {
    const bench = new Bench();
    const states: string[] = [];
    bench.camera.state$.subscribe(({ state }) => states.push(state));
    const { frames } = collect(bench);
    bench.pass(1000);
    const before = frames.length;
    bench.unplug(new Error('pulled'));
    bench.pass(1000);
    expect(frames.length).toBeGreaterThan(before + 10);
    expect(bench.openings).toBe(2);
    expect(states).toEqual(['closed', 'opening', 'opening', 'ready', 'lost', 'opening', 'opening', 'ready']);
  });

  it('leave nothing behind when the port is lost, at whatever step of reading one', () => {
    for (let lastPacket = 1; lastPacket < 60; lastPacket++) {
      const bench = new Bench({}, { reconnect: 'never' });
      let sent = 0;
      bench.onSent = () => {
        if (++sent === lastPacket) bench.unplug(new Error('pulled'));
      };
      const errors: unknown[] = [];
      bench.camera.frames$.subscribe({ error: (error: unknown) => errors.push(error) });
      for (let ms = 0; ms < 1000 && errors.length === 0; ms++) bench.pass(1);
      // All but the grace, in which the link stays open for the next to come.
      bench.pass(1000);
      expect(errors).toHaveLength(1);
      expect([lastPacket, bench.hostTimers]).toEqual([lastPacket, 0]);
    }
  });

  it('leave nothing behind when the last subscriber has gone', () => {
    const bench = new Bench();
    const { subscription } = collect(bench);
    bench.pass(1000);
    subscription.unsubscribe();
    bench.pass(1000);
    let state = '';
    bench.camera.state$.subscribe((now) => (state = now.state)).unsubscribe();
    expect(state).toBe('closed');
    expect(bench.clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });
});
