import { flagsOf } from '../../../lib/device/backend.js';
import type { Backend } from '../../../lib/device/index.js';
import { ChannelFlag } from '../../../lib/wire/flags.js';
import { cbor, decodeWidgets } from '../../../lib/widgets/index.js';
import { channel, float, int, record, text, YES } from '../../widgets/hand-cbor.js';
import { printed, running, type Running } from '../../device/script/script-bench.js';

/** A script with a channel `panel` of some widgets, and what it does then. */
const panel = (widgets: readonly string[], ...then: string[]): string[] => [
  'import protocol',
  'panel = protocol.CBORChannel()',
  ...widgets.map((widget) => `panel.add(${widget})`),
  'protocol.register(name="panel", backend=panel)',
  ...then,
];
const gain = '"gain", type="slider", value=3, min=0, max=10, step=0.5, unit="dB"';

const served = (script: Running, name = 'panel'): Backend => script.channels.get(name) as Backend;

/** All that a host reads. */
function bytesOf(backend: Backend): Uint8Array {
  const size = backend.size?.() as number;
  return backend.read?.(0, size) as Uint8Array;
}

const recordsOf = (...widgets: string[]): unknown =>
  cbor<Map<number, unknown>[]>().decode(bytesOf(served(running(panel(widgets).join('\n')))));

const valueOf = (backend: Backend, name: string): unknown => {
  const widget = decodeWidgets(bytesOf(backend), 'panel').find((one) => one.name === name);
  return widget && 'value' in widget ? widget.value : undefined;
};

/** What a host sets: name and value of each. */
const set = (backend: Backend, ...settings: [string, readonly number[]][]): unknown =>
  backend.write?.(0, channel(...settings.map(([name, value]) => record({ 0: text(name), 2: value }))));

const onWrite = (...body: string[]): string[] => [
  'from protocol import CBORChannel',
  'def on_write(ch, name, value):',
  ...body.map((line) => `    ${line}`),
  'panel = CBORChannel(on_write=on_write)',
  `panel.add(${gain})`,
  'panel.add("mirror", type="toggle")',
  'protocol.register(name="panel", backend=panel)',
];

describe('a CBORChannel of a script', () => {
  // Keys and defaults are those of the firmware's `protocol` package.
  it.each<[string, [number, unknown][]]>([
    ['"a", type="label"', [[0, 'a'], [-30, 'label'], [2, 0]]],
    ['"a", type="label", value=21.5, unit="Cel"', [[0, 'a'], [-30, 'label'], [2, 21.5], [1, 'Cel']]],
    ['"a", type="label", unit=""', [[0, 'a'], [-30, 'label'], [2, 0]]],
    ['"a", type="text"', [[0, 'a'], [-30, 'text'], [2, '']]],
    ['"a", type="lineedit", value="b"', [[0, 'a'], [-30, 'lineedit'], [2, 'b']]],
    ['"a", type="toggle"', [[0, 'a'], [-30, 'toggle'], [2, false]]],
    ['"a", type="toggle", value=True', [[0, 'a'], [-30, 'toggle'], [2, true]]],
    ['"a", type="pushbutton"', [[0, 'a'], [-30, 'pushbutton'], [2, false]]],
    ['"a", type="slider"', [[0, 'a'], [-30, 'slider'], [2, 0], [-31, 0], [-32, 100], [-33, 1]]],
    ['"a", type="slider", min=5', [[0, 'a'], [-30, 'slider'], [2, 5], [-31, 5], [-32, 100], [-33, 1]]],
    [gain, [[0, 'gain'], [-30, 'slider'], [2, 3], [-31, 0], [-32, 10], [-33, 0.5], [1, 'dB']]],
    ['"a", "spinbox", 2, "s", None, 9', [[0, 'a'], [-30, 'spinbox'], [2, 2], [-31, 0], [-32, 9], [-33, 1], [1, 's']]],
    ['"a", type="select", options=["x", "y"]', [[0, 'a'], [-30, 'select'], [2, ''], [-34, ['x', 'y']]]],
    ['"a", type="radio", value="y", options=["x", "y",]', [[0, 'a'], [-30, 'radio'], [2, 'y'], [-34, ['x', 'y']]]],
    ['"a", type="radio"', [[0, 'a'], [-30, 'radio'], [2, ''], [-34, []]]],
    // A type that the firmware does not know is no mistake there.
    ['"a", type="dial", value=5', [[0, 'a'], [-30, 'dial']]],
    // What is not known is as if it were left out, so that there is a widget to read.
    ['"a", type="slider", value=read(), max=2**8', [[0, 'a'], [-30, 'slider'], [2, 0], [-31, 0], [-32, 100], [-33, 1]]],
    ['"a", type="select", options=[f(x) for x in y]', [[0, 'a'], [-30, 'select'], [2, ''], [-34, []]]],
  ])('has the widget add(%s)', (widget, fields) => {
    expect(recordsOf(widget)).toEqual([new Map(fields)]);
  }); // prettier-ignore

  it('has a widget however many arguments are not known', () => {
    const unknown = Array.from({ length: 60 }, (_, at) => `more${at}={}`).join(', ');
    expect(recordsOf(`"a", type="slider", ${unknown}, max=9`)).toEqual(recordsOf('"a", type="slider", max=9'));
    expect(recordsOf('"a", type="slider", max=9')).not.toEqual(recordsOf('"a", type="slider"'));
  });

  it('has its widgets in their order, and one of a name', () => {
    expect(recordsOf('"b", type="label"', '"a", type="label"', '"b", type="toggle"')).toEqual([
      new Map<number, unknown>([[0, 'b'], [-30, 'toggle'], [2, false]]),
      new Map<number, unknown>([[0, 'a'], [-30, 'label'], [2, 0]]),
    ]); // prettier-ignore
  });

  it('can be read and written, and goes with the script', () => {
    expect(flagsOf(served(running(panel([gain]).join('\n'))))).toBe(
      ChannelFlag.DYNAMIC | ChannelFlag.READ | ChannelFlag.WRITE,
    );
  });

  it('has nothing while nothing was added, and needs no variable', () => {
    const backend = served(running('protocol.register(name="panel", backend=protocol.CBORChannel())'));
    expect([backend.poll?.(), backend.size?.()]).toEqual([false, 0]);
  });

  it('is unregistered, and registered again', () => {
    const { channels, ended } = running(
      panel([gain], 'protocol.unregister("panel")', 'protocol.register("other", panel)').join('\n'),
    );
    expect([[...channels.keys()], ended]).toEqual([['other'], 'done']);
  });

  describe('is read by the script', () => {
    it('in expressions, f-strings and conditions', () => {
      expect(
        printed(
          ...panel([gain, '"on", type="toggle"', '"t", type="label", value=21.75']),
          ...[
            'print("gain", panel["gain"], panel["on"])',
            'name = "t"',
            `print(f"{panel['gain'] + 1} {panel[name]:.2f}")`,
          ],
          ...[
            'if panel["gain"] == 3: print("three")',
            'if not panel["on"]: print("off")',
            'x = panel["t"]',
            'print(x)',
          ],
        ),
      ).toEqual(['gain 3 False', '4 21.75', 'three', 'off', '21.75']);
    });

    it('with the kind of number that it has set', () => {
      expect(
        printed(
          ...panel([gain], 'panel["gain"] = 4.0', 'print(panel["gain"])', 'panel["gain"] = 4', 'print(panel["gain"])'),
        ),
      ).toEqual(['4.0', '4']);
    });

    it('as nothing where its type is not known, until it is set', () => {
      expect(
        printed(...panel(['"d", type="dial", value=1'], 'print(panel["d"])', 'panel["d"] = 2', 'print(panel["d"])')),
      ).toEqual(['None', '2']);
    });

    it.each([
      ['print(panel["none"])', 'KeyError: none'],
      ['panel["none"] = 1', 'KeyError: none'],
      ['panel["none"] += 1', 'KeyError: none'],
      ['print(panel[5])', 'KeyError: 5'],
      ['print(panel + 1)', "TypeError: unsupported types for __add__: 'CBORChannel', 'int'"],
      ['panel.send_event(1)', "AttributeError: 'CBORChannel' object has no attribute 'send_event'"],
    ])('with an exception: %s', (line, message) => {
      const script = running(panel([gain], line).join('\n'));
      expect(script.ended).toBe(
        `Traceback (most recent call last):\n  File "<stdin>", line 5, in <module>\n${message}`,
      );
    });
  });

  describe('is set by the script', () => {
    it('and is ready until it is read; it sends no event', () => {
      const script = running(
        panel([gain], 'time.sleep(1)', 'panel["gain"] = 5', 'panel["gain"] += 2.5', 'time.sleep(1)').join('\n'),
      );
      const backend = served(script);
      expect([backend.poll?.(), valueOf(backend, 'gain'), backend.poll?.()]).toEqual([true, 3, false]);
      script.clock.pass(1000);
      expect([backend.poll?.(), valueOf(backend, 'gain'), backend.poll?.()]).toEqual([true, 7.5, false]);
      expect(script.events).toEqual([]);
    });

    it('to text', () => {
      const backend = served(running(panel(['"t", type="text"'], 'panel["t"] = f"<b>{1 + 1}</b>"').join('\n')));
      expect(valueOf(backend, 't')).toEqual({ text: '<b>2</b>', mayBeHtml: true });
    });

    it('to what is not its kind of value, which the host then sees', () => {
      const backend = served(running(panel([gain], 'panel["gain"] = "much"').join('\n')));
      expect(decodeWidgets(bytesOf(backend), 'panel')).toMatchObject([{ type: 'malformed', name: 'gain' }]);
    });

    it('to nothing that is not known', () => {
      const lines = [
        'panel["gain"] = read()',
        'panel["gain"] = (0, 20, 5)',
        'panel["gain"] = panel',
        'other["gain"] = 1',
      ];
      expect(printed(...panel([gain], ...lines, 'print(panel["gain"])'))).toEqual(['3']);
    });
  });

  it.each([
    '"d", type="depth", width=8, height=8',
    '"w", type="waveform"',
    'name(), type="label"',
    '"a", type=kind()',
    '',
  ])('passes over a widget that a script can give no data, or that is not known: add(%s)', (widget) => {
    expect(recordsOf(gain, widget)).toHaveLength(1);
  });

  it('holds 64 KiB at most', () => {
    const full = (line: string) => printed(...panel([], line)).at(-1);
    expect(full('for i in range(100000): panel.add(f"{i}", type="label")')).toMatch(/^MemoryError: memory allocation/u);
    expect(full('for i in range(2): panel.add(f"{i}", type="text", value="x" * 40000)')).toMatch(/^MemoryError/u);
    const again = ['for i in range(9): panel["t"] = "x" * 60000', 'print("fits")'];
    expect(printed(...panel(['"t", type="text"'], ...again))).toEqual(['fits']);
  });

  describe('is set by a host', () => {
    it('and the script reads the value', () => {
      const script = running(
        panel(
          [gain, '"mirror", type="toggle"'],
          'while True:',
          '  print(panel["gain"], panel["mirror"])',
          '  time.sleep(1)',
        ).join('\n'),
      );
      set(served(script), ['gain', int(8)], ['mirror', YES!]);
      script.clock.pass(1000);
      set(served(script), ['gain', float(2.5)]);
      script.clock.pass(1000);
      expect(script.text).toBe('3 False\n8 True\n2.5 True\n');
    });

    it('which reads it only when the script has set something since', () => {
      const script = running(panel([gain, '"t", type="label"'], 'time.sleep(1)', 'panel["t"] = 1').join('\n'));
      const backend = served(script);
      expect(valueOf(backend, 'gain')).toBe(3);
      set(backend, ['gain', int(8)]);
      expect([backend.poll?.(), valueOf(backend, 'gain')]).toEqual([false, 3]);
      script.clock.pass(1000);
      expect([backend.poll?.(), valueOf(backend, 'gain')]).toEqual([true, 8]);
    });

    it('to nothing, where there is no such widget or it is no setting', () => {
      const script = running([...onWrite('print(name)')].join('\n'));
      expect(() => set(served(script), ['none', int(1)])).not.toThrow();
      expect(() => served(script).write?.(0, Uint8Array.of(0xff))).toThrow('no widgets');
      expect(() => set(served(script), ['mirror', int(1)])).toThrow('true or false');
      expect(script.text).toBe('');
    });
  });

  describe('calls on_write', () => {
    const after = (body: string[], ...settings: [string, readonly number[]][]): Running => {
      const script = running([...onWrite(...body), 'count = 0', 'while True: time.sleep(1)'].join('\n'));
      for (const setting of settings) set(served(script), setting);
      return script;
    };

    it('with the channel, the name and the value of each widget', () => {
      const script = running([...onWrite('print(name, "is now", value)'), 'while True: time.sleep(1)'].join('\n'));
      set(served(script), ['gain', int(5)], ['mirror', YES!]);
      expect(script.text).toBe('gain is now 5\nmirror is now True\n');
    });

    it('which may set the widget, so that the host reads it', () => {
      const script = after(['ch[name] = value * 2'], ['gain', int(4)]);
      expect([served(script).poll?.(), valueOf(served(script), 'gain')]).toEqual([true, 8]);
    });

    it('which goes the way of its conditions, and returns from within its loops', () => {
      const body = [
        ...['"""What it is for."""', 'if name == "mirror":', '  print("mirror")', '  return'],
        ...[
          'for i in range(9):',
          '  while True:',
          '    if i == 2: return i',
          '    print(i)',
          '    break',
          'print("never")',
        ],
      ];
      expect(after(body, ['mirror', YES!], ['gain', int(1)]).text).toBe('mirror\n0\n1\n');
    });

    it('which has variables of its own, but for those that are global', () => {
      const script = running(
        [
          ...onWrite('global last, count', 'last = value', 'count += 1', 'name = "its own"', 'mine = 1'),
          ...[
            'last = 0',
            'count = 0',
            'name = "outer"',
            'while True:',
            '  time.sleep(1)',
            '  print(last, count, name)',
            '  print(mine)',
          ],
        ].join('\n'),
      );
      set(served(script), ['gain', int(4)]);
      set(served(script), ['gain', int(6)]);
      script.clock.pass(1000);
      expect(script.text).toBe('6 2 outer\n');
    });

    it('which has no global variable any more where its value is not known', () => {
      const lines = onWrite('global count', 'count = read()');
      const script = running([...lines, 'count = 0', 'while True:', '  print(count)', '  time.sleep(1)'].join('\n'));
      set(served(script), ['gain', int(4)]);
      script.clock.pass(1000);
      expect([script.text, script.ended]).toEqual(['0\n', undefined]);
    });

    it('whose exception refuses what the host sets, and does not end the script', () => {
      const script = after(['print(1 / (value - 4))']);
      expect(() => set(served(script), ['gain', int(4)])).toThrow('divide by zero');
      set(served(script), ['gain', int(5)]);
      expect([script.text, script.ended]).toEqual(['1.0\n', undefined]);
    });

    it('which takes no time, and has to end', () => {
      const script = after(['print("a")', 'time.sleep(3600)', 'print("b")'], ['gain', int(4)]);
      expect(script.text).toBe('a\nb\n');
      const endless = after(['while True: ch["gain"] = 1']);
      expect(() => set(served(endless), ['gain', int(4)])).toThrow('has to end');
    });

    it('which has to take three values', () => {
      const script = running(
        ['def f(a, b):', '  print(a)', 'panel = protocol.CBORChannel(None, f)', ...panel([gain]).slice(2)].join('\n'),
      );
      expect(() => set(served(script), ['gain', int(1)])).toThrow(
        'function takes 2 positional arguments but 3 were given',
      );
    });

    it.each(['on_write=self.changed', 'on_write=lambda ch, name, value: print(name)', 'on_write=later', 'None, [1]'])(
      'unless it is not known: CBORChannel(%s)',
      (given) => {
        const lines = [
          `panel = protocol.CBORChannel(${given})`,
          ...panel([gain]).slice(2),
          'while True: time.sleep(1)',
        ];
        const script = running(lines.join('\n'));
        set(served(script), ['gain', int(5)]);
        expect(script.text).toBe('');
      },
    );

    it.each(['(ch, name, value=1)', '(ch, name: str, value)', '(*given)', '(1, 2, 3)', ''])(
      'unless its parameters are not known: def on_write%s',
      (parameters) => {
        const lines = onWrite('print(1)').map((line) => line.replace('(ch, name, value)', parameters));
        const script = running([...lines, 'while True: time.sleep(1)'].join('\n'));
        set(served(script), ['gain', int(5)]);
        expect(script.text).toBe('');
      },
    );
  });

  it('calls on_read before it is read, and is always ready then', () => {
    const script = running(
      [
        ...['count = 0', 'def on_read(ch):', '  global count', '  count += 1', '  ch["count"] = count'],
        ...['panel = protocol.CBORChannel(on_read)', ...panel(['"count", type="label"']).slice(2)],
      ].join('\n'),
    );
    const backend = served(script);
    const looked = () => [backend.poll?.(), valueOf(backend, 'count')];
    expect([looked(), looked()]).toEqual([[true, 1], [true, 2]]); // prettier-ignore
  });
});

describe('a function of a script', () => {
  it('runs only where a channel calls it', () => {
    expect(printed('def f():', '  print("f")', 'f()', 'print("next")')).toEqual(['next']);
  });

  it('is the only place where return and global say something', () => {
    expect(printed('global x', 'return', 'if 1: return 5', 'global', 'print("next")')).toEqual(['next']);
  });
});
