import { NEVER, Subject, throwError } from 'rxjs';
import { OpenMVError } from '../../lib/errors.js';
import { decodeCbor } from '../../lib/widgets/plain-cbor.js';
import { encodeWidgets } from '../../lib/widgets/widget-list.js';
import type { Widget, WidgetValue } from '../../lib/widgets/widget.js';
import { widgets, type Widgets } from '../../lib/widgets/widgets.js';
import { FakeCamera, type FakeWrite } from './fake-camera.js';
import { channel, record, text } from './hand-cbor.js';

const set: readonly Widget[] = [
  { type: 'slider', name: 'gain', value: 3, minimum: 0, maximum: 10, step: 0.1 },
  { type: 'spinbox', name: 'count', value: 3, minimum: -5, maximum: 5, step: 2 },
  { type: 'slider', name: 'free', value: 3 },
  { type: 'toggle', name: 'mirror', value: false },
  { type: 'pushbutton', name: 'go', value: false },
  { type: 'select', name: 'mode', value: '', options: ['a', 'b'] },
  { type: 'radio', name: 'size', value: 'S', options: ['S', 'L'] },
  { type: 'select', name: 'empty', value: '', options: [] },
  { type: 'lineedit', name: 'title', value: '' },
  { type: 'label', name: 'temp', value: 21 },
  { type: 'text', name: 'note', value: { text: '', mayBeHtml: true } },
  { type: 'depth', name: 'tof', width: 0, height: 0, data: new Float32Array() },
  { type: 'waveform', name: 'imu', series: 1, data: new Int16Array() },
  { type: 'untyped', name: 'plain', value: 1, rest: new Map([[2, 1]]) },
  { type: 'unknown', name: 'gauge', widgetType: 'gauge', rest: new Map() },
];

/** What a write sets: name and value of each record. */
const sets = ({ bytes }: FakeWrite): [string, unknown][] =>
  (decodeCbor(bytes) as Map<number, unknown>[]).map((record) => [record.get(0) as string, record.get(2)]);

/** What became of what was asked for, in the order in which it did. */
class Log {
  readonly entries: string[] = [];

  follow(label: string, work: ReturnType<Widgets['set']>) {
    return work.subscribe({
      complete: () => this.entries.push(label),
      error: (error: OpenMVError) => this.entries.push(`${label}: ${error.code}`),
    });
  }
}

function panel(camera = new FakeCamera(encodeWidgets(set))) {
  return { camera, log: new Log(), controls: widgets(camera, 'controls') };
}

function errorOf(work: ReturnType<Widgets['set']>): OpenMVError | undefined {
  let error: OpenMVError | undefined;
  work.subscribe({ error: (failure: OpenMVError) => (error = failure) });
  return error;
}

describe('widgets$', () => {
  it('is the present set, and each change, read once for all', () => {
    const { camera, controls } = panel();
    expect([camera.readings, camera.reads]).toEqual([0, 0]);
    const seen: (readonly Widget[])[][] = [[], []];
    const first = controls.widgets$.subscribe((all) => seen[0]!.push(all));
    const changed: Widget[] = [{ type: 'toggle', name: 'other', value: true }];
    camera.holds$.next(encodeWidgets(changed));
    const second = controls.widgets$.subscribe((all) => seen[1]!.push(all));
    expect([seen, camera.readings]).toEqual([[[set, changed], [changed]], 1]);
    first.unsubscribe();
    expect(camera.readings).toBe(1);
    second.unsubscribe();
    expect(camera.readings).toBe(0);
  });

  it('is read anew for those who come when everybody had left', () => {
    const { camera, controls } = panel();
    controls.widgets$.subscribe().unsubscribe();
    camera.holds$.next(encodeWidgets([]));
    let seen: readonly Widget[] | undefined;
    controls.widgets$.subscribe((all) => (seen = all));
    expect(seen).toEqual([]);
  });

  it('does not emit the same bytes again', () => {
    const { camera, controls } = panel();
    let count = 0;
    controls.widgets$.subscribe(() => count++);
    camera.holds$.next(encodeWidgets(set));
    camera.holds$.next(encodeWidgets(set));
    expect(count).toBe(1);
  });

  it('shows a channel that holds no widgets as such, and goes on with the next reading', () => {
    const { camera, controls } = panel();
    const seen: (readonly Widget[])[] = [];
    controls.widgets$.subscribe((all) => seen.push(all));
    camera.holds$.next(Uint8Array.of(0x83, 0x01));
    camera.holds$.next(encodeWidgets(set));
    expect(seen).toHaveLength(3);
    expect(seen[1]).toMatchObject([{ type: 'malformed', name: '', found: Uint8Array.of(0x83, 0x01) }]);
    expect(seen[1]![0]).toMatchObject({
      error: { code: 'MALFORMED', message: expect.stringContaining("channel 'controls' holds no widgets") as string },
    });
    expect(seen[2]).toEqual(set);
  });

  it('errors with the channel', () => {
    const { camera, controls } = panel();
    let error: unknown;
    controls.widgets$.subscribe({ error: (failure: unknown) => (error = failure) });
    camera.holds$.error(new OpenMVError('NOT_READABLE', 'no'));
    expect(error).toMatchObject({ code: 'NOT_READABLE' });
  });
});

describe('set', () => {
  it('writes nothing before it is subscribed to, then one record, and completes when that is acknowledged', () => {
    const { camera, log, controls } = panel();
    const work = controls.set('gain', 3.7);
    expect([camera.reads, camera.writes]).toEqual([0, []]);
    log.follow('done', work);
    // [{0: "gain", 2: 3.7}], by RFC 8949: a float of eight bytes, as a camera reads it.
    const hex = '81 a2 00 6467 61696e 02 fb400d99999999999a'.replaceAll(' ', '');
    expect(Buffer.from(camera.writes[0]!.bytes).toString('hex')).toBe(hex);
    expect([log.entries, camera.writes[0]!.atLeastOnce]).toEqual([[], true]);
    camera.writes[0]!.acknowledge();
    expect(log.entries).toEqual(['done']);
  });

  it.each<[string, WidgetValue]>([
    ['gain', 0],
    ['gain', 10],
    ['gain', 0.1 + 0.2],
    ['count', -5],
    ['count', 1],
    ['free', -1e9],
    ['mirror', true],
    ['mode', 'b'],
    ['size', 'L'],
    ['title', ''],
    ['plain', 'x'],
    ['gauge', false],
  ])('takes for %s: %p', (name, value) => {
    const { camera, controls } = panel();
    controls.set(name, value).subscribe();
    expect(camera.writes.map(sets)).toEqual([[[name, value]]]);
  });

  it.each<[string, unknown, string]>([
    ['gain', 10.5, "slider 'gain' of channel 'controls' goes from 0 to 10, not to 10.5"],
    ['gain', -1, 'goes from 0 to 10'],
    ['gain', NaN, 'takes a number, not NaN'],
    ['gain', Infinity, 'takes a number'],
    ['gain', '3', 'takes a number, not "3"'],
    ['gain', 3.05, 'goes in steps of 0.1 from 0: 3.05 is between 3'],
    ['count', 2, "spinbox 'count' of channel 'controls' goes in steps of 2 from -5: 2 is between 1 and 3"],
    ['mirror', 1, "toggle 'mirror' of channel 'controls' takes true or false, not 1"],
    ['mode', 'c', 'select \'mode\' of channel \'controls\' has the options "a", "b", not "c"'],
    ['mode', 1, 'takes a text, not 1'],
    ['size', 's', 'radio \'size\' of channel \'controls\' has the options "S", "L", not "s"'],
    ['empty', '', 'has the options (none), not ""'],
    ['title', 5, "lineedit 'title' of channel 'controls' takes a text, not 5"],
    ['go', true, "pushbutton 'go' of channel 'controls' cannot be set: use click()"],
    ['temp', 22, "label 'temp' of channel 'controls' only shows a value, and cannot be set"],
    ['note', 'x', "text 'note'"],
    ['tof', 1, "depth 'tof'"],
    ['imu', 1, "waveform 'imu'"],
    ['plain', undefined, "untyped 'plain' of channel 'controls' takes a number, a text, true or false, not undefined"],
    ['gauge', NaN, "unknown 'gauge'"],
    ['nothing', 1, "channel 'controls' has no widget 'nothing'; it has 'gain', 'count'"],
  ])('errors for %s: %p', (name, value, message) => {
    const { camera, controls } = panel();
    const error = errorOf(controls.set(name, value as WidgetValue));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(error?.message).toContain(message);
    expect(camera.writes).toEqual([]);
  });

  it('says of a widget that could not be read why it can’t be set', () => {
    const { controls } = panel(
      new FakeCamera(channel(record({ 0: text('x'), '-30': text('slider'), 2: text('high') }))),
    );
    const error = errorOf(controls.set('x', 1));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(error?.message).toMatch(
      /^malformed 'x' .* cannot be set.*"slider" 'x' .* value \(key 2\) that is not a number: "high"/,
    );
  });

  it('reads the set where nobody subscribes to it, once for those who set at the same time, and uses the present one', () => {
    const { camera, controls } = panel();
    controls.set('gain', 1).subscribe();
    expect(camera.reads).toBe(1);
    const subscription = controls.widgets$.subscribe();
    controls.set('gain', 2).subscribe();
    expect(camera.reads).toBe(1);
    subscription.unsubscribe();
    controls.set('gain', 3).subscribe();
    expect(camera.reads).toBe(2);
  });

  it('checks against the last good set when what came then is none', () => {
    const { camera, controls } = panel();
    controls.widgets$.subscribe();
    camera.holds$.next(Uint8Array.of(0xff));
    expect(errorOf(controls.set('gain', 99))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(errorOf(controls.set('gain', 9))).toBeUndefined();
  });

  it('errors with MALFORMED when what it reads is no set', () => {
    const { controls } = panel(new FakeCamera(Uint8Array.of(0xff)));
    expect(errorOf(controls.set('gain', 1))).toMatchObject({ code: 'MALFORMED' });
  });

  it('puts together what is set while a write is under way, of each widget the latest', () => {
    const { camera, log, controls } = panel();
    log.follow('gain 1', controls.set('gain', 1));
    log.follow('gain 2', controls.set('gain', 2));
    log.follow('mirror', controls.set('mirror', true));
    log.follow('gain 3', controls.set('gain', 3));
    expect(camera.writes.map(sets)).toEqual([[['gain', 1]]]);
    camera.writes[0]!.acknowledge();
    expect(log.entries).toEqual(['gain 1']);
    expect(camera.writes.map(sets)[1]).toEqual([['gain', 3], ['mirror', true]]); // prettier-ignore
    log.follow('gain 4', controls.set('gain', 4));
    camera.writes[1]!.acknowledge();
    // The one that was dropped completes with the one in whose favour.
    expect(log.entries).toEqual(['gain 1', 'gain 2', 'gain 3', 'mirror']);
    camera.writes[2]!.acknowledge();
    expect([log.entries.at(-1), camera.mostUnderWay, camera.writes.length]).toEqual(['gain 4', 1, 3]);
  });

  it('cuts what does not fit in a write between records', () => {
    // [{0: "w00", 2: 1}]: 1 + 8 bytes; payloads of 50 leave 42 for an array with a head of up to 3.
    const many = Array.from({ length: 20 }, (_, i): Widget => ({ type: 'slider', name: `w${10 + i}`, value: 0 }));
    const { camera, controls } = panel(new FakeCamera(encodeWidgets(many), 50));
    controls.set('w10', 1).subscribe();
    for (const { name } of many) controls.set(name, 2).subscribe();
    for (const write of camera.writes) write.acknowledge();
    expect(camera.writes.every(({ bytes }) => bytes.length <= 42)).toBe(true);
    expect(camera.writes.flatMap(sets)).toEqual([['w10', 1], ...many.map(({ name }) => [name, 2])]);
    expect(camera.writes.map((write) => sets(write).length)).toEqual([1, 4, 4, 4, 4, 4]);
    expect(camera.mostUnderWay).toBe(1);
  });

  it('writes hundreds of records at once where they fit', () => {
    const many = Array.from({ length: 300 }, (_, i): Widget => ({ type: 'slider', name: `w${i}`, value: 0 }));
    const { camera, controls } = panel(new FakeCamera(encodeWidgets(many), 8178));
    controls.set('w0', 1).subscribe();
    for (const { name } of many) controls.set(name, 2).subscribe();
    camera.writes[0]!.acknowledge();
    expect(sets(camera.writes[1]!)).toHaveLength(300);
  });

  it('errors with TOO_LARGE for a value that no write takes, and with nothing for the others', () => {
    const { camera, log, controls } = panel(new FakeCamera(encodeWidgets(set), 50));
    log.follow('long', controls.set('title', 'x'.repeat(40)));
    log.follow('gain', controls.set('gain', 1));
    log.follow('short', controls.set('title', 'x'.repeat(20)));
    camera.writes[0]!.acknowledge();
    camera.writes[1]!.acknowledge();
    expect(log.entries).toEqual(['long: TOO_LARGE', 'gain', 'short']);
    expect(errorOf(controls.set('title', 'x'.repeat(40)))?.message).toBe(
      "cannot set widget 'title' of channel 'controls': it takes 54 bytes, and a write has at most 42",
    );
  });

  it('errors for those alone whose write failed, and goes on', () => {
    const { camera, log, controls } = panel();
    log.follow('gain 1', controls.set('gain', 1));
    log.follow('gain 2', controls.set('gain', 2));
    camera.writes[0]!.subscriber.error(new OpenMVError('NAK', 'refused', { status: 1 }));
    camera.writes[1]!.acknowledge();
    expect(log.entries).toEqual(['gain 1: NAK', 'gain 2']);
  });

  it('errors for all who wait when there is no link', () => {
    const camera = new FakeCamera(encodeWidgets(set));
    const info$ = new Subject<{ maxWriteBytes: number }>();
    camera.info$ = info$;
    const { log, controls } = panel(camera);
    log.follow('gain', controls.set('gain', 1));
    log.follow('mirror', controls.set('mirror', true));
    camera.info$ = throwError(() => new OpenMVError('LINK_LOST', 'gone'));
    info$.error(new OpenMVError('LINK_LOST', 'gone'));
    log.follow('later', controls.set('gain', 2));
    expect(log.entries).toEqual(['gain: LINK_LOST', 'mirror: LINK_LOST', 'later: LINK_LOST']);
    expect(camera.writes).toEqual([]);
  });

  it('decides what goes along when the link is there', () => {
    const camera = new FakeCamera(encodeWidgets(set));
    const info$ = new Subject<{ maxWriteBytes: number }>();
    camera.info$ = info$;
    const { controls } = panel(camera);
    controls.set('gain', 1).subscribe();
    controls.set('gain', 2).subscribe();
    controls.set('mirror', true).subscribe();
    info$.next({ maxWriteBytes: 490 });
    expect(camera.writes.map(sets)).toEqual([[['gain', 2], ['mirror', true]]]); // prettier-ignore
  });

  it('does not send what was left while it waited; the value before it counts again', () => {
    const { camera, log, controls } = panel();
    controls.set('mirror', true).subscribe();
    log.follow('gain 1', controls.set('gain', 1));
    const second = log.follow('gain 2', controls.set('gain', 2));
    const alone = log.follow('count', controls.set('count', 1));
    second.unsubscribe();
    alone.unsubscribe();
    camera.writes[0]!.acknowledge();
    expect(camera.writes.map(sets)[1]).toEqual([['gain', 1]]);
    camera.writes[1]!.acknowledge();
    expect([log.entries, camera.writes.length]).toEqual([['gain 1'], 2]);
  });

  it('lets a write go that nobody waits for any more, and sends the next', () => {
    const { camera, controls } = panel();
    const first = controls.set('gain', 1).subscribe();
    controls.set('gain', 2).subscribe();
    expect(camera.underWay).toBe(1);
    first.unsubscribe();
    expect(camera.writes.map(sets)).toEqual([[['gain', 1]], [['gain', 2]]]);
    expect([camera.underWay, camera.mostUnderWay]).toEqual([1, 1]);
  });

  it('does not let a write go that somebody waits for', () => {
    const { camera, log, controls } = panel();
    controls.set('mirror', true).subscribe();
    const gain = controls.set('gain', 1).subscribe();
    log.follow('count', controls.set('count', 1));
    camera.writes[0]!.acknowledge();
    gain.unsubscribe();
    expect(camera.underWay).toBe(1);
    camera.writes[1]!.acknowledge();
    expect(log.entries).toEqual(['count']);
  });

  it('asks for no link any more when everybody has left', () => {
    const camera = new FakeCamera(encodeWidgets(set));
    let asking = 0;
    const info$ = new Subject<{ maxWriteBytes: number }>();
    camera.info$ = info$;
    const { controls } = panel(camera);
    const setting = controls.set('gain', 1).subscribe();
    asking = Number(info$.observed);
    setting.unsubscribe();
    expect([asking, info$.observed]).toEqual([1, false]);
    camera.info$ = new FakeCamera(new Uint8Array()).info$;
    controls.set('gain', 2).subscribe();
    expect(camera.writes.map(sets)).toEqual([[['gain', 2]]]);
  });

  it('lets 1024 wait, and errors for more', () => {
    const camera = new FakeCamera(encodeWidgets(set));
    camera.info$ = NEVER;
    const { log, controls } = panel(camera);
    controls.widgets$.subscribe();
    for (let i = 0; i < 1024; i++) log.follow('waits', controls.set('gain', 1));
    log.follow('last', controls.set('gain', 1));
    expect(log.entries).toEqual(['last: QUEUE_FULL']);
  });

  it('bears ten thousand who set when one is done', () => {
    const { camera, controls } = panel();
    controls.widgets$.subscribe();
    let done = 0;
    controls.set('gain', 1).subscribe({
      complete: () => {
        camera.atOnce = true;
        for (let i = 0; i < 10_000; i++) controls.set('gain', i % 10).subscribe({ complete: () => done++ });
      },
    });
    camera.writes[0]!.acknowledge();
    expect([done, sets(camera.writes.at(-1)!), camera.mostUnderWay]).toEqual([10_000, [['gain', 9]], 1]);
  });
});

describe('click', () => {
  it('writes true once, by itself, and completes when it is acknowledged', () => {
    const { camera, log, controls } = panel();
    log.follow('click', controls.click('go'));
    expect(camera.writes.map(sets)).toEqual([[['go', true]]]);
    expect(camera.writes[0]!.atLeastOnce).toBe(false);
    camera.writes[0]!.acknowledge();
    expect(log.entries).toEqual(['click']);
  });

  it('keeps its place among what is set, and each click counts', () => {
    const { camera, controls } = panel();
    controls.set('mirror', true).subscribe();
    controls.set('gain', 1).subscribe();
    controls.click('go').subscribe();
    controls.set('gain', 2).subscribe();
    controls.click('go').subscribe();
    controls.click('go').subscribe();
    controls.set('gain', 3).subscribe();
    controls.set('gain', 4).subscribe();
    for (const write of camera.writes) write.acknowledge();
    expect(camera.writes.flatMap(sets)).toEqual([
      ['mirror', true], ['gain', 1], ['go', true], ['gain', 2], ['go', true], ['go', true], ['gain', 4],
    ]); // prettier-ignore
    expect(camera.writes.every((write) => sets(write).length === 1)).toBe(true);
  });

  it.each([
    ['gain', "slider 'gain' of channel 'controls' is not a pushbutton"],
    ['nothing', "has no widget 'nothing'"],
  ])('errors for %s', (name, message) => {
    const { controls } = panel();
    const error = errorOf(controls.click(name));
    expect(error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(error?.message).toContain(message);
  });
});
