import { flagsOf } from '../../lib/device/backend.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import type { Widget } from '../../lib/widgets/widget.js';
import { WidgetChannel, type WidgetChange } from '../../lib/widgets/widget-channel.js';
import { decodeWidgets } from '../../lib/widgets/widget-list.js';
import { array, bytes, channel, float, int, map, NULL, record, tagged, text, YES } from './hand-cbor.js';

const MALFORMED = expect.objectContaining({ code: 'MALFORMED' }) as Error;

const slider: Widget = { type: 'slider', name: 'gain', value: 3, minimum: 0, maximum: 10, step: 1 };
const toggle: Widget = { type: 'toggle', name: 'mirror', value: false };
const label: Widget = { type: 'label', name: 'temp', value: 21 };

/** All that a host reads: SIZE, then READ in packets of so many bytes. */
function readAll(of: WidgetChannel, packet = 512): Widget[] {
  const size = of.size();
  const read: number[] = [];
  while (read.length < size) read.push(...of.read(read.length, Math.min(packet, size - read.length)));
  return decodeWidgets(Uint8Array.from(read), 'c');
}

/** What a host sets: name and value of each. */
const setting = (...settings: [string, readonly number[]][]): Uint8Array<ArrayBuffer> =>
  channel(...settings.map(([name, value]) => record({ 0: text(name), 2: value })));

function watched(...widgets: Widget[]) {
  const of = new WidgetChannel(widgets);
  const changes: WidgetChange[] = [];
  of.changes$.subscribe((change) => changes.push(change));
  return { of, changes };
}

describe('WidgetChannel', () => {
  it('is a back-end that can be read and written', () => {
    expect(flagsOf(new WidgetChannel([]))).toBe(ChannelFlag.DYNAMIC | ChannelFlag.READ | ChannelFlag.WRITE);
  });

  it.each([1, 7, 512])('is read in packets of %d bytes', (packet) => {
    expect(readAll(new WidgetChannel([slider, toggle, label]), packet)).toEqual([slider, toggle, label]);
  });

  it('is ready until its size was asked for, and again when something is put (PROTOCOL 7)', () => {
    const of = new WidgetChannel([slider]);
    expect([of.poll(), of.size() > 0, of.poll()]).toEqual([true, true, false]);
    of.put({ ...slider, value: 4 });
    expect([of.poll(), readAll(of), of.poll()]).toEqual([true, [{ ...slider, value: 4 }], false]);
  });

  it('is refreshed when its size is asked for, and always ready then', () => {
    let temp = 20;
    const of = new WidgetChannel([], {
      refresh: (itself) => itself.put({ type: 'label', name: 'temp', value: ++temp }),
    });
    expect(of.poll()).toBe(false);
    expect(readAll(of)).toMatchObject([{ value: 21 }]);
    expect([of.poll(), readAll(of)]).toMatchObject([true, [{ value: 22 }]]);
  });

  it('does not change under a reading', () => {
    const of = new WidgetChannel([slider, label]);
    const size = of.size();
    const first = of.read(0, 10);
    of.put({ ...slider, value: 1e9 });
    const rest = of.read(10, size);
    expect(decodeWidgets(Uint8Array.of(...first, ...rest), 'c')).toEqual([slider, label]);
  });

  it('can be read by a host that asks for no size, and has nothing behind its end', () => {
    const of = new WidgetChannel([slider]);
    expect(decodeWidgets(of.read(0, 4096), 'c')).toEqual([slider]);
    expect(of.read(4096, 10)).toHaveLength(0);
  });

  it('puts in place of the widget of the same name, or behind the others', () => {
    const of = new WidgetChannel([slider, toggle]);
    of.put({ type: 'lineedit', name: 'gain', value: 'x' });
    of.put(label);
    expect(of.widgets.map(({ name, type }) => [name, type])).toEqual([
      ['gain', 'lineedit'],
      ['mirror', 'toggle'],
      ['temp', 'label'],
    ]);
    expect([of.get('temp'), of.get('none')]).toEqual([label, undefined]);
  });

  it('takes what a host sets, and tells it', () => {
    const { of, changes } = watched(slider, toggle);
    const write = setting(['gain', float(4.5)], ['mirror', YES!]);
    expect(of.write(0, write)).toBe(write.length);
    expect(changes).toEqual([
      { name: 'gain', value: 4.5 },
      { name: 'mirror', value: true },
    ]);
    expect(readAll(of)).toEqual([
      { ...slider, value: 4.5 },
      { ...toggle, value: true },
    ]);
  });

  it('tells of each click, and of a value that is the same', () => {
    const { of, changes } = watched({ type: 'pushbutton', name: 'go', value: false });
    of.write(0, setting(['go', YES!]));
    of.write(0, setting(['go', YES!]));
    expect(changes).toEqual([
      { name: 'go', value: true },
      { name: 'go', value: true },
    ]);
  });

  it('tells when everything of a write has been applied', () => {
    const { of } = watched(slider, toggle);
    const seen: unknown[] = [];
    of.changes$.subscribe(() => seen.push(of.widgets.map((widget) => 'value' in widget && widget.value)));
    of.write(0, setting(['gain', int(5)], ['mirror', YES!]));
    expect(seen).toEqual([
      [5, true],
      [5, true],
    ]);
  });

  it('leaves limits, steps and options to the host, as a camera does', () => {
    const { of, changes } = watched(slider, { type: 'select', name: 'mode', value: 'a', options: ['a'] });
    of.write(0, setting(['gain', float(1e6)], ['mode', text('z')]));
    expect(changes.map(({ value }) => value)).toEqual([1e6, 'z']);
  });

  it.each<[string, readonly number[]]>([
    ['a widget that is not there', record({ 0: text('none'), 2: int(1) })],
    ['no name', record({ 2: int(1) })],
    ['a name that is a number', record({ 0: int(1), 2: int(1) })],
    ['no value', record({ 0: text('gain') })],
    ['null for a value', record({ 0: text('gain'), 2: NULL! })],
  ])('passes over a record with %s, as a camera does', (_, one) => {
    const { of, changes } = watched(slider, toggle);
    of.write(0, channel(one, record({ 0: text('mirror'), 2: YES! })));
    expect(changes).toEqual([{ name: 'mirror', value: true }]);
  });

  const good = record({ 0: text('mirror'), 2: YES! });

  it.each<[string, readonly number[]]>([
    ['nothing', []],
    ['a map', good],
    ['a number', int(5)],
    ['an array that ends early', array(good, good).slice(0, -1)],
    ['something behind the array', [...array(good), 0]],
    ['a tagged map, as of JavaScript', array(good, tagged(259, record({ 0: text('gain'), 2: int(1) })))],
    ['a tagged value', array(good, record({ 0: text('gain'), 2: tagged(0, text('x')) }))],
    ['a record that is none', array(good, int(5))],
    ['a slider set to a text', array(good, record({ 0: text('gain'), 2: text('x') }))],
    ['a slider set to bytes', array(good, record({ 0: text('gain'), 2: bytes([1]) }))],
    ['a slider set to a map', array(good, record({ 0: text('gain'), 2: map() }))],
    ['a slider set to no number', array(good, record({ 0: text('gain'), 2: float(NaN) }))],
    ['a label that is set', array(good, record({ 0: text('temp'), 2: int(1) }))],
    ['an array that claims 2³² records', [0x9a, 0xff, 0xff, 0xff, 0xff, ...good]],
  ])('throws for %s, and applies nothing', (_, written) => {
    const { of, changes } = watched(slider, toggle, label);
    expect(() => of.write(0, Uint8Array.from(written))).toThrow(MALFORMED);
    expect([changes, of.widgets]).toEqual([[], [slider, toggle, label]]);
  });

  it('keeps what it does not know when that is set', () => {
    const gauge: Widget = { type: 'unknown', name: 'g', widgetType: 'gauge', rest: new Map([[77, 1]]) };
    const plain: Widget = { type: 'untyped', name: 'u', value: 1 };
    const { of } = watched(gauge, plain);
    of.write(0, setting(['g', int(5)], ['u', text('x')]));
    expect(readAll(of)).toMatchObject([
      { type: 'unknown', rest: new Map([[77, 1], [2, 5]]) },
      { type: 'untyped', value: 'x' },
    ]); // prettier-ignore
  });
});
