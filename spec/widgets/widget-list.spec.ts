import type { MalformedWidget, Widget } from '../../lib/widgets/widget.js';
import { decodeWidgets, encodeWidgets } from '../../lib/widgets/widget-list.js';
import { array, bytes, channel, float, int, map, NO, NULL, record, tagged, text, UNDEFINED, YES } from './hand-cbor.js';

const MALFORMED = expect.objectContaining({ code: 'MALFORMED' }) as Error;

/** Numbers as they lie in a camera's memory. */
const floats = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(Float32Array.from(values).buffer);
const words = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(Int16Array.from(values).buffer);

const changed = (of: Uint8Array, at: number, byte: number): Uint8Array<ArrayBuffer> => {
  const copy = of.slice();
  copy[at] = byte;
  return copy;
};

/** The eleven widgets: what a camera sends, by the table of PROTOCOL 11, and what it means. */
const eleven: readonly [Readonly<Record<number, readonly number[]>>, Widget][] = [
  [
    { 0: text('temp'), '-30': text('label'), 2: float(21.5), 1: text('Cel') },
    { type: 'label', name: 'temp', value: 21.5, unit: 'Cel' },
  ],
  [
    { 0: text('note'), '-30': text('text'), 2: text('<b>hot</b>') },
    { type: 'text', name: 'note', value: { text: '<b>hot</b>', mayBeHtml: true } },
  ],
  [
    { 0: text('mirror'), '-30': text('toggle'), 2: YES! },
    { type: 'toggle', name: 'mirror', value: true },
  ],
  [
    { 0: text('go'), '-30': text('pushbutton'), 2: NO! },
    { type: 'pushbutton', name: 'go', value: false },
  ],
  [
    {
      0: text('gain'),
      '-30': text('slider'),
      2: int(3),
      '-31': int(-10),
      '-32': int(10),
      '-33': float(0.5),
      1: text('dB'),
    },
    { type: 'slider', name: 'gain', value: 3, minimum: -10, maximum: 10, step: 0.5, unit: 'dB' },
  ],
  [
    { 0: text('count'), '-30': text('spinbox'), 2: int(1000), '-31': int(0), '-32': int(65_535), '-33': int(1) },
    { type: 'spinbox', name: 'count', value: 1000, minimum: 0, maximum: 65_535, step: 1 },
  ],
  [
    { 0: text('mode'), '-30': text('select'), 2: text(''), '-34': array(text('a'), text('b')) },
    { type: 'select', name: 'mode', value: '', options: ['a', 'b'] },
  ],
  [
    { 0: text('size'), '-30': text('radio'), 2: text('L'), '-34': array(text('S'), text('L')) },
    { type: 'radio', name: 'size', value: 'L', options: ['S', 'L'] },
  ],
  [
    { 0: text('title'), '-30': text('lineedit'), 2: text('größe') },
    { type: 'lineedit', name: 'title', value: 'größe' },
  ],
  [
    {
      0: text('tof'), '-30': text('depth'), 8: bytes(floats(1, 2, 3, 4, 5, 6)),
      '-20': int(3), '-21': int(2), '-23': int(0), '-24': int(1000),
    }, // prettier-ignore
    {
      type: 'depth', name: 'tof', width: 3, height: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6), minimum: 0, maximum: 1000,
    }, // prettier-ignore
  ],
  [
    {
      0: text('imu'), '-30': text('waveform'), 8: bytes(words(1, -1, 2, -2, 3, -3)), '-20': int(3), '-21': int(2),
      '-23': int(-100), '-24': int(100), 1: text('mg'), 7: float(0.005), 3: text('h'),
      '-34': array(text('x'), text('y')), 6: int(1_234_567),
    }, // prettier-ignore
    {
      type: 'waveform', name: 'imu', series: 2, data: Int16Array.of(1, -1, 2, -2, 3, -3), minimum: -100, maximum: 100,
      unit: 'mg', samplePeriod: 0.005, seriesNames: ['x', 'y'], timeUs: 1_234_567,
    }, // prettier-ignore
  ],
];

describe('decodeWidgets', () => {
  it('reads a slider from its bytes, worked out by hand', () => {
    // [{0: "gain", -30: "slider", 2: 3, -31: 0, -32: 10, -33: 1}], in the order in which a camera writes it.
    const hex = '81a6 00 6467 61696e 381d 66736c69646572 02 03 381e 00 381f 0a 3820 01'.replaceAll(' ', '');
    expect(decodeWidgets(Uint8Array.from(Buffer.from(hex, 'hex')), 'controls')).toEqual([
      { type: 'slider', name: 'gain', value: 3, minimum: 0, maximum: 10, step: 1 },
    ]);
  });

  it.each(eleven.map(([entries, widget]) => [widget.type, entries, widget] as const))(
    'reads a %s, and writes it again',
    (_, entries, widget) => {
      expect(decodeWidgets(channel(record(entries)), 'c')).toEqual([widget]);
      expect(decodeWidgets(encodeWidgets([widget]), 'c')).toEqual([widget]);
    },
  );

  it('reads all of them together, in their order', () => {
    const all = channel(...eleven.map(([entries]) => record(entries)));
    expect(decodeWidgets(all, 'c')).toEqual(eleven.map(([, widget]) => widget));
  });

  it('writes just the keys of the table', () => {
    for (const [entries, widget] of eleven) {
      const written = encodeWidgets([widget]);
      // Of the order of keys CBOR says nothing: the bytes of each entry are there, and no others.
      expect(written).toHaveLength(channel(record(entries)).length);
      for (const [key, value] of Object.entries(entries)) {
        expect(Buffer.from(written).includes(Buffer.from([...int(Number(key)), ...value]))).toBe(true);
      }
    }
  });

  it.each([
    ['b', Int8Array.of(1, -1, 127, -128)],
    ['B', Uint8Array.of(1, 255, 127, 128)],
    ['h', Int16Array.of(1, -1, 32_767, -32_768)],
    ['H', Uint16Array.of(1, 65_535, 256, 255)],
    ['f', Float32Array.of(1.5, -0.25, 1e30, 0)],
  ])('reads samples of type %s as such', (code, samples) => {
    const entry = record({
      0: text('w'), '-30': text('waveform'), 8: bytes(new Uint8Array(samples.buffer)),
      '-20': int(2), '-21': int(2), 3: text(code),
    }); // prettier-ignore
    const [widget] = decodeWidgets(channel(entry), 'c');
    expect(widget).toEqual({ type: 'waveform', name: 'w', series: 2, data: samples });
    expect(decodeWidgets(encodeWidgets([widget!]), 'c')).toEqual([widget]);
  });

  it('takes samples without a type code for unsigned words', () => {
    const entry = record({
      0: text('w'),
      '-30': text('waveform'),
      8: bytes([1, 0, 2, 1]),
      '-20': int(2),
      '-21': int(1),
    });
    expect(decodeWidgets(channel(entry), 'c')).toMatchObject([{ data: Uint16Array.of(1, 258) }]);
  });

  it('gives data that are its own, wherever the bytes lie', () => {
    const encoded = Uint8Array.of(0, ...channel(record(eleven[9]![0]), record(eleven[10]![0])));
    const widgets = decodeWidgets(encoded.subarray(1), 'c');
    encoded.fill(0);
    expect(widgets).toEqual([eleven[9]![1], eleven[10]![1]]);
  });

  it.each([
    [
      'depth',
      { 8: bytes([]), '-20': int(160), '-21': int(120) },
      { width: 160, height: 120, data: new Float32Array() },
    ],
    ['depth', { 8: bytes([]), '-20': NULL!, '-21': NULL! }, { width: 0, height: 0, data: new Float32Array() }],
    ['waveform', { 8: bytes([]), '-20': int(0), '-21': int(3) }, { series: 3, data: new Uint16Array() }],
  ])('reads a %s that has no data yet, as a camera begins: %j', (type, entries, rest) => {
    const entry = record({ 0: text('w'), '-30': text(type), ...entries });
    expect(decodeWidgets(channel(entry), 'c')).toEqual([{ type, name: 'w', ...rest }]);
  });

  it.each([
    ['number', { 2: int(5), 3: text('x'), 4: YES! }, 5],
    ['text', { 2: NULL!, 3: text('x'), 4: YES! }, 'x'],
    ['boolean', { 4: NO! }, false],
    ['nothing', {}, undefined],
  ])('shows of an entry without a type its %s', (_, entries, value) => {
    const encoded = channel(record({ 0: text('u'), ...entries }));
    const widgets = decodeWidgets(encoded, 'c');
    expect(widgets).toMatchObject([{ type: 'untyped', name: 'u', value }]);
    expect(encodeWidgets(widgets)).toHaveLength(encoded.length);
  });

  it('writes an entry without a type where its value belongs', () => {
    const written = (value: number | string | boolean): Uint8Array<ArrayBuffer> =>
      encodeWidgets([{ type: 'untyped', name: 'u', value }]);
    expect([5, 'x', true].map((value) => Array.from(written(value)))).toEqual(
      [{ 2: int(5) }, { 3: text('x') }, { 4: YES! }].map((entries) =>
        Array.from(channel(record({ 0: text('u'), ...entries }))),
      ),
    );
  });

  it('keeps a type that it does not know, with all of its keys', () => {
    const encoded = channel(
      record({ 0: text('g'), 2: int(7), 77: array(int(1), NULL!), '-30': text('gauge'), '-99': YES! }),
    );
    const widgets = decodeWidgets(encoded, 'c');
    expect(widgets).toEqual([
      {
        type: 'unknown', name: 'g', widgetType: 'gauge',
        rest: new Map<number, unknown>([[2, 7], [77, [1, null]], [-99, true]]),
      },
    ]); // prettier-ignore
    expect(decodeWidgets(encodeWidgets(widgets), 'c')).toEqual(widgets);
    expect(encodeWidgets(widgets)).toHaveLength(encoded.length);
  });

  it.each([[int(5)], [array(text('slider'))], [text('toString')], [text('')]])(
    'does not know a type that is no word of the table: %j',
    (type) => {
      const widgets = decodeWidgets(channel(record({ 0: text('w'), '-30': type, 2: int(1) })), 'c');
      expect(widgets).toMatchObject([{ type: 'unknown', name: 'w', rest: new Map([[2, 1]]) }]);
    },
  );

  it('keeps keys that it does not know, integers and texts', () => {
    const entry = map(
      [int(0), text('t')],
      [int(-30), text('toggle')],
      [int(2), YES!],
      [int(55), int(1)],
      [text('x'), int(2)],
    );
    const widgets = decodeWidgets(channel(entry), 'c');
    const rest = new Map<unknown, unknown>([
      [55, 1],
      ['x', 2],
    ]);
    expect(widgets).toEqual([{ type: 'toggle', name: 't', value: true, rest }]);
    expect(decodeWidgets(encodeWidgets(widgets), 'c')).toEqual(widgets);
  });

  it('applies a base name from its entry on, and writes it where it changes', () => {
    const encoded = channel(
      record({ 0: text('a'), 2: int(1) }),
      record({ '-2': text('tof/'), 0: text('b'), 2: int(1) }),
      record({ 0: text('c'), 2: int(1) }),
      record({ '-2': text(''), 0: text('d'), 2: int(1) }),
    );
    const widgets = decodeWidgets(encoded, 'c');
    expect(widgets.map((widget) => (widget.type === 'malformed' ? '' : [widget.baseName, widget.name]))).toEqual([
      [undefined, 'a'],
      ['tof/', 'b'],
      ['tof/', 'c'],
      [undefined, 'd'],
    ]);
    expect(decodeWidgets(encodeWidgets(widgets), 'c')).toEqual(widgets);
    expect(encodeWidgets(widgets)).toHaveLength(encoded.length);
  });

  it('takes no bytes, and an empty array, for no widgets', () => {
    expect([decodeWidgets(new Uint8Array(), 'c'), decodeWidgets(channel(), 'c')]).toEqual([[], []]);
  });

  const good = record({ 0: text('ok'), '-30': text('toggle'), 2: YES! });

  it.each<[string, readonly number[], string, string]>([
    [
      'a toggle that is a number',
      record({ 0: text('t'), '-30': text('toggle'), 2: int(1) }),
      't',
      "\"toggle\" 't' of channel 'c' has a value (key 2) that is neither true nor false: 1",
    ],
    ['a slider without a value', record({ 0: text('s'), '-30': text('slider') }), 's', 'has no value (key 2)'],
    [
      'a slider that is a text',
      record({ 0: text('s'), '-30': text('slider'), 2: text('x') }),
      's',
      'has a value (key 2) that is not a number: "x"',
    ],
    [
      'a step that is a text',
      record({ 0: text('s'), '-30': text('slider'), 2: int(1), '-33': text('x') }),
      's',
      'has a step (key -33)',
    ],
    [
      'a label that is a list',
      record({ 0: text('l'), '-30': text('label'), 2: array(int(1)) }),
      'l',
      'that is not a number: a list of 1',
    ],
    [
      'a unit that is a number',
      record({ 0: text('l'), '-30': text('label'), 2: int(1), 1: int(1) }),
      'l',
      'has a unit (key 1)',
    ],
    ['a text that is a number', record({ 0: text('x'), '-30': text('text'), 2: int(1) }), 'x', 'that is not text: 1'],
    [
      'options that are no list',
      record({ 0: text('o'), '-30': text('select'), 2: text(''), '-34': text('a') }),
      'o',
      'has options (key -34)',
    ],
    [
      'options that are no texts',
      record({ 0: text('o'), '-30': text('radio'), 2: text(''), '-34': array(int(1)) }),
      'o',
      'has options (key -34)',
    ],
    [
      'a depth with a byte too few',
      record({ 0: text('d'), '-30': text('depth'), 8: bytes(new Uint8Array(23)), '-20': int(3), '-21': int(2) }),
      'd',
      "\"depth\" 'd' of channel 'c' claims 3 × 2 floats, 24 bytes, and has 23",
    ],
    [
      'a depth with a byte too many',
      record({ 0: text('d'), '-30': text('depth'), 8: bytes(new Uint8Array(25)), '-20': int(3), '-21': int(2) }),
      'd',
      'and has 25',
    ],
    [
      'a depth without a size',
      record({ 0: text('d'), '-30': text('depth'), 8: bytes(new Uint8Array(4)) }),
      'd',
      'claims 0 × 0 floats',
    ],
    [
      'a depth that claims all there is',
      record({
        0: text('d'),
        '-30': text('depth'),
        8: bytes(new Uint8Array(4)),
        '-20': int(0xffffffff),
        '-21': int(0xffffffff),
      }),
      'd',
      'and has 4',
    ],
    [
      'a depth whose data are a text',
      record({ 0: text('d'), '-30': text('depth'), 8: text('abcd'), '-20': int(1), '-21': int(1) }),
      'd',
      'has data (key 8) that are not bytes: "abcd"',
    ],
    [
      'a width below 0',
      record({ 0: text('d'), '-30': text('depth'), 8: bytes([]), '-20': int(-3), '-21': int(2) }),
      'd',
      "can't have a width of -3",
    ],
    [
      'a width that is not whole',
      record({ 0: text('d'), '-30': text('depth'), 8: bytes([]), '-20': float(1.5), '-21': int(2) }),
      'd',
      "can't have a width of 1.5",
    ],
    [
      'samples that end early',
      record({ 0: text('w'), '-30': text('waveform'), 8: bytes(new Uint8Array(11)), '-20': int(3), '-21': int(2) }),
      'w',
      'claims 3 samples of 2 series of 2 bytes, 12 bytes, and has 11',
    ],
    [
      'samples of another size',
      record({
        0: text('w'),
        '-30': text('waveform'),
        8: bytes(new Uint8Array(12)),
        '-20': int(3),
        '-21': int(2),
        3: text('f'),
      }),
      'w',
      'of 4 bytes, 24 bytes, and has 12',
    ],
    [
      'samples of a type that is not known',
      record({ 0: text('w'), '-30': text('waveform'), 8: bytes([]), '-20': int(0), '-21': int(1), 3: text('Q') }),
      'w',
      'samples of a type that is not known: "Q"',
    ],
    [
      'samples of a type of the language',
      record({ 0: text('w'), '-30': text('waveform'), 8: bytes([]), 3: text('toString') }),
      'w',
      'samples of a type that is not known',
    ],
    [
      'a value without a type that is a map',
      record({ 0: text('u'), 2: map() }),
      'u',
      "entry 'u' of channel 'c' has a value",
    ],
    [
      'a name that is a number',
      record({ 0: int(5), '-30': text('toggle'), 2: YES! }),
      '',
      'has a name (key 0) that is not text: 5',
    ],
    [
      'a base name that is a number',
      record({ '-2': int(5), 0: text('t'), '-30': text('toggle'), 2: YES! }),
      't',
      'has a base name (key -2)',
    ],
    ['a number', int(5), '', "an entry of channel 'c' is not a map: 5"],
    ['an array', array(int(0), text('x')), '', "an entry of channel 'c' is not a map: a list of 2"],
    ['null', NULL!, '', "an entry of channel 'c' is not a map: null"],
  ])('tells of %s, keeps it, and reads the others', (_, entry, name, message) => {
    // prettier-ignore
    const encoded = channel(good, entry, good);
    const widgets = decodeWidgets(encoded, 'c');
    expect(widgets.map(({ type }) => type)).toEqual(['toggle', 'malformed', 'toggle']);
    const malformed = widgets[1] as MalformedWidget;
    expect(malformed).toMatchObject({ name, error: MALFORMED });
    expect(malformed.error.message).toContain(message);
    expect(encodeWidgets(widgets)).toHaveLength(encoded.length);
    expect(decodeWidgets(encodeWidgets(widgets), 'c')).toEqual(widgets);
  });

  it.each<[string, Uint8Array]>([
    ['a map', Uint8Array.from(record({ 0: text('x') }))],
    ['a number', Uint8Array.from(int(5))],
    ['JSON', new TextEncoder().encode('[{"n": "x"}]')],
    ['an array that claims more', changed(channel(good), 0, 0x82)],
    ['an array with a tag in it', channel(tagged(259, good))],
    ['a tagged array', Uint8Array.from(tagged(55799, array(good)))],
    ['something behind the array', Uint8Array.of(...channel(good), 0)],
  ])('is malformed for %s, and names the channel', (_, encoded) => {
    expect(() => decodeWidgets(encoded, 'controls')).toThrow(MALFORMED);
    expect(() => decodeWidgets(encoded, 'controls')).toThrow("channel 'controls' holds");
  });

  it('is malformed, or as good, for each byte that is missing or damaged', () => {
    const encoded = channel(...eleven.map(([entries]) => record(entries)));
    const attempt = (damaged: Uint8Array): void => {
      try {
        for (const widget of decodeWidgets(damaged, 'c')) expect(typeof widget.name).toBe('string');
      } catch (error) {
        expect(error).toEqual(MALFORMED);
      }
    };
    for (let at = 0; at < encoded.length; at++) {
      expect(() => attempt(encoded.subarray(0, at))).not.toThrow();
      for (const mask of [0x01, 0x20, 0x80, 0xff]) attempt(changed(encoded, at, encoded[at]! ^ mask));
    }
  });

  it('can’t write what a camera does not know', () => {
    const widgets = decodeWidgets(channel(UNDEFINED!), 'c');
    expect(widgets).toMatchObject([{ type: 'malformed' }]);
    expect(() => encodeWidgets(widgets)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});
