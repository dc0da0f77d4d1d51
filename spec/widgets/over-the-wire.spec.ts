import {
  concatMap,
  defer,
  finalize,
  interval,
  map,
  mergeMap,
  switchMap,
  take,
  timer,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import { Camera, isOpenMVError } from '../../lib/index.js';
import type { Backend, DeviceChannel } from '../../lib/device/index.js';
import { ChannelFlag, NOTIFY, Opcode } from '../../lib/operators/index.js';
import { faulty } from '../../lib/testing.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { controls } from '../../lib/virtual/controls.js';
import type { SliderWidget, Widget } from '../../lib/widgets/widget.js';
import { WidgetChannel, type WidgetChange } from '../../lib/widgets/widget-channel.js';
import { widgets, type Widgets } from '../../lib/widgets/widgets.js';
import { Clock } from '../device/clock.js';
import { Bench } from '../scenarios/test-bench.js';

/** A channel of the firmware itself, which stays when the script ends. */
const FLAGS = ChannelFlag.READ | ChannelFlag.WRITE;

const slider = (name: string, value = 0): SliderWidget => ({
  type: 'slider',
  name,
  value,
  minimum: 0,
  maximum: 1000,
  step: 1,
});

/** The host's widgets on a virtual camera's, and how many writes were executed at the same time. */
class Session {
  readonly bench: Bench;
  readonly there: WidgetChannel;
  readonly channel: DeviceChannel;
  readonly here: Widgets;
  readonly changes: WidgetChange[] = [];
  writes = 0;
  underWay = 0;
  mostUnderWay = 0;

  constructor(
    all: readonly Widget[],
    { executesForMs = 0, bufferSize = 4096 }: { executesForMs?: number; bufferSize?: 512 | 4096 } = {},
  ) {
    this.bench = new Bench({ bufferSize, stdoutIntervalMs: false });
    const there = new WidgetChannel(all);
    there.changes$.subscribe((change) => this.changes.push(change));
    this.there = there;
    const backend: Backend = {
      size: () => there.size(),
      read: (offset, size) => there.read(offset, size),
      poll: () => there.poll(),
      write: (offset, data) =>
        defer(() => {
          this.writes++;
          this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
          return timer(executesForMs, this.bench.clock);
        }).pipe(
          map(() => there.write(offset, data)),
          finalize(() => this.underWay--),
        ),
    };
    this.channel = this.bench.device.device.register('panel', backend, FLAGS);
    this.here = widgets(this.bench.camera, 'panel');
  }

  value(name: string): unknown {
    const widget = this.there.get(name);
    return widget !== undefined && 'value' in widget ? widget.value : undefined;
  }
}

const codeOf = (work: Observable<unknown>, pass: () => void): string => {
  let code = 'pending';
  work.subscribe({
    complete: () => (code = 'done'),
    error: (error: unknown) => (code = isOpenMVError(error) ? error.code : String(error)),
  });
  pass();
  return code;
};

describe('widgets of a camera', () => {
  it('shows the controls of a virtual camera, and what they do when one is set', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    bench.device.device.register(
      'controls',
      controls(() => bench.clock.now()),
      FLAGS,
    );
    const panel = widgets(bench.camera, 'controls');
    let shown: readonly Widget[] = [];
    panel.widgets$.subscribe((all) => (shown = all));
    bench.pass(100);
    expect(shown.map(({ type }) => type)).toHaveLength(11);
    panel.set('shape', 'square').subscribe();
    panel.set('gain', 1).subscribe();
    // It has no events: it is looked at once a second.
    bench.pass(3000);
    expect(shown.find(({ name }) => name === 'gain')).toMatchObject({ value: 1 });
    const waveform = shown.find((widget) => widget.type === 'waveform');
    expect(new Set(waveform?.data)).toEqual(new Set([1000, -1000]));
  });

  it('shows what the camera puts when it sends an event', () => {
    const session = new Session([slider('gain')]);
    const seen: unknown[] = [];
    session.here.widgets$.subscribe((all) => seen.push(all.map((widget) => 'value' in widget && widget.value)));
    session.bench.pass(50);
    session.there.put(slider('gain', 5));
    session.channel.sendEvent(NOTIFY);
    session.bench.pass(50);
    expect(seen).toEqual([[0], [5]]);
  });

  type Set = (value: number) => Observable<void>;

  it.each<[string, boolean, (set: Set) => OperatorFunction<number, void>]>([
    ['all of them', false, (set) => mergeMap(set)],
    ['one after another', true, (set) => concatMap(set)],
    ['the latest', false, (set) => switchMap(set)],
  ])('leaves the camera with the last of 1000 fast moves, waited for %s', (_, each, waiting) => {
    const session = new Session([slider('gain')], { executesForMs: 30 });
    session.here.widgets$.subscribe();
    session.bench.pass(100);
    let completed = 0;
    interval(1, session.bench.clock)
      .pipe(
        take(1000),
        map((i) => (i * 7) % 1000),
        waiting((value) => session.here.set('gain', value).pipe(finalize(() => completed++))),
      )
      .subscribe();
    session.bench.pass(60_000);
    expect(session.value('gain')).toBe((999 * 7) % 1000);
    expect([completed, session.mostUnderWay]).toEqual([1000, 1]);
    // A write takes the place of the moves of its 30 ms, but where each is waited for.
    expect(session.writes < 60).toBe(!each);
  });

  it('has no more than one write of its own on the wire', () => {
    const session = new Session([slider('gain'), slider('other')], { executesForMs: 10 });
    session.bench.pass(100);
    let most = 0;
    session.bench.onSent = () => {
      most = Math.max(most, session.bench.sent(Opcode.CHANNEL_WRITE).length - session.changes.length);
    };
    interval(1, session.bench.clock)
      .pipe(
        take(300),
        mergeMap((i) => session.here.set(i % 2 === 0 ? 'gain' : 'other', i)),
      )
      .subscribe();
    session.bench.pass(10_000);
    expect([session.value('gain'), session.value('other')]).toEqual([298, 299]);
    expect(most).toBeLessThanOrEqual(1);
  });

  it('writes what is more than a small camera takes in several writes of whole records', () => {
    const many = Array.from({ length: 200 }, (_, i) => slider(`slider ${i}`));
    const session = new Session(many, { bufferSize: 512 });
    session.here.widgets$.subscribe();
    session.bench.pass(200);
    let completed = 0;
    for (const [i, { name }] of many.entries()) session.here.set(name, i).subscribe({ complete: () => completed++ });
    session.bench.pass(2000);
    expect(completed).toBe(200);
    expect(session.changes).toHaveLength(200);
    expect(many.every(({ name }, i) => session.value(name) === i)).toBe(true);
    expect(session.writes).toBeLessThan(15);
    for (const { payload } of session.bench.sent(Opcode.CHANNEL_WRITE)) expect(payload.length).toBeLessThanOrEqual(498);
  });

  it('goes on behind a reading that is no CBOR', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    let holds = Uint8Array.of(0x9f, 0x01);
    const channel = bench.device.device.register(
      'broken',
      { size: () => holds.length, read: (offset, size) => holds.subarray(offset, offset + size) },
      FLAGS,
    );
    const seen: (readonly Widget[])[] = [];
    widgets(bench.camera, 'broken').widgets$.subscribe((all) => seen.push(all));
    bench.pass(100);
    holds = Uint8Array.of(0x80);
    channel.sendEvent(NOTIFY);
    bench.pass(100);
    expect(seen).toMatchObject([[{ type: 'malformed', error: { code: 'MALFORMED' } }], []]);
  });

  it('has what is no setting acknowledged by the camera, as by the firmware, which stays as it is and reports it', () => {
    const session = new Session([slider('gain', 3)]);
    const errors: unknown[] = [];
    session.bench.device.device.errors$.subscribe(({ error }) => errors.push(error));
    const channel = session.bench.camera.channel('panel');
    const write = (...bytes: number[]): string =>
      codeOf(channel.write(Uint8Array.from(bytes)), () => session.bench.pass(100));
    expect(write(0x81, 0xa2, 0x00)).toBe('done');
    expect(write(0xd9, 0x01, 0x03, 0xa0)).toBe('done');
    expect(session.value('gain')).toBe(3);
    expect(errors).toMatchObject([{ code: 'MALFORMED' }, { code: 'MALFORMED' }]);
  });

  it('errors within the deadline when the channel is not there, and when it can’t be written', () => {
    const bench = new Bench({ stdoutIntervalMs: false }, { commandTimeoutMs: 500 });
    const shown = new WidgetChannel([slider('gain')]);
    const readable = { size: () => shown.size(), read: (offset: number, size: number) => shown.read(offset, size) };
    bench.device.device.register('shown', readable, ChannelFlag.READ);
    const pass = (): void => bench.pass(1500);
    expect(codeOf(widgets(bench.camera, 'none').set('gain', 1), pass)).toBe('NO_SUCH_CHANNEL');
    expect(codeOf(widgets(bench.camera, 'shown').set('gain', 1), pass)).toBe('NOT_WRITABLE');
  });

  it.each([1, 2, 3])('sets the last value, and clicks once, over a bad cable (seed %d)', (seed) => {
    const clock = new Clock();
    const device = new VirtualCamera({ scheduler: clock, stdoutIntervalMs: false });
    const there = new WidgetChannel([slider('gain'), { type: 'pushbutton', name: 'go', value: false }]);
    device.device.register('panel', there, FLAGS);
    const clicks: WidgetChange[] = [];
    there.changes$.subscribe((change) => change.name === 'go' && clicks.push(change));
    const cable = faulty(device.transport(), { loss: 0.03, damage: 0.03, seed, scheduler: clock });
    const panel = widgets(new Camera(cable, { scheduler: clock, reconnect: 'always' }), 'panel');
    const ends: string[] = [];
    let clicked = 'pending';
    panel.widgets$.subscribe();
    clock.pass(3000);
    interval(5, clock)
      .pipe(
        take(400),
        mergeMap((value) => panel.set('gain', value).pipe(finalize(() => ends.push('ended')))),
      )
      .subscribe();
    clock.pass(1000);
    panel.click('go').subscribe({
      complete: () => (clicked = 'done'),
      error: (error: unknown) => (clicked = isOpenMVError(error) ? error.code : String(error)),
    });
    clock.pass(60_000);
    expect([ends.length, there.get('gain')]).toMatchObject([400, { value: 399 }]);
    expect(['done', 'OUTCOME_UNKNOWN']).toContain(clicked);
    expect(clicks.length).toBe(clicked === 'done' ? 1 : clicks.length);
    expect(clicks.length).toBeLessThanOrEqual(1);
  });
});
