import fc from 'fast-check';
import { printed, running } from '../../device/script/script-bench.js';
import { decodeUtf8, encodeUtf8 } from '../../../lib/wire/payloads/index.js';
import type { Backend } from '../../../lib/device/index.js';

const content = (backend: Backend | undefined): string => {
  const size = backend?.size?.() as number;
  return decodeUtf8(backend?.read?.(0, size) as Uint8Array);
};

describe('a script', () => {
  it('prints', () => {
    expect(printed('print("a")', "print('b', 1, True)", 'print()', 'print(1, 2, sep="-", end="!\\n")')).toEqual([
      'a',
      'b 1 True',
      '',
      '1-2!',
    ]);
  });

  it('has variables', () => {
    expect(printed('WIDTH = 320', 'half = WIDTH // 2', 'half += 1', 'half *= 2', 'print(WIDTH, half)')).toEqual([
      '320 322',
    ]);
  });

  it('has no variable any more where it does not know the new value', () => {
    expect(printed('x = 1', 'x = camera.snapshot()', 'print(x)', 'y = 2', 'y = [1]', 'print(y)', 'print(3)')).toEqual([
      '3',
    ]);
  });

  it('goes the way of its conditions', () => {
    const way = (n: number) =>
      printed(`n = ${n}`, 'if n == 1:', '  print("one")', 'elif n == 2:', '  print("two")', 'else:', '  print("many")');
    expect([1, 2, 3].map(way)).toEqual([['one'], ['two'], ['many']]);
    expect(printed('if 0: print(1)', 'if 1: print(2)', 'else: print(3)')).toEqual(['2']);
  });

  it('passes over a condition that it does not know, with all its branches', () => {
    expect(
      printed('if camera.ready():', '  print(1)', 'elif 1:', '  print(2)', 'else:', '  print(3)', 'print(4)'),
    ).toEqual(['4']);
    expect(printed('if 0:', '  print(1)', 'elif camera.ready():', '  print(2)', 'else:', '  print(3)')).toEqual([]);
  });

  it('counts through ranges', () => {
    expect(printed('for i in range(3): print(i)')).toEqual(['0', '1', '2']);
    expect(printed('for i in range(2, 4): print(i)')).toEqual(['2', '3']);
    expect(printed('for i in range(5, 0, -2): print(i)')).toEqual(['5', '3', '1']);
    expect(printed('for i in range(3):', '  if i == 1: continue', '  print(i)')).toEqual(['0', '2']);
    expect(printed('for i in range(9):', '  if i == 2: break', '  print(i)', 'print("end", i)')).toEqual([
      '0',
      '1',
      'end 2',
    ]);
    expect(printed('for i in range(1, 2, 0): print(i)')).toEqual(['ValueError: zero step']);
    expect(printed('for i in range(1.5): print(i)', 'for c in "abc": print(c)', 'print("next")')).toEqual(['next']);
  });

  it('leaves the loop that it is in, and no other', () => {
    expect(
      printed(
        'for i in range(2):',
        '  for k in range(5):',
        '    if k == 1: break',
        '    print(i, k)',
        '  print("next")',
      ),
    ).toEqual(['0 0', 'next', '1 0', 'next']);
  });

  it('passes over what it does not know, with all that stands beneath it', () => {
    expect(
      printed(
        ...['"""What it is for."""', 'import csi, time', 'from a import b', '@decorated', 'def f(x):', '  print("f")'],
        ...[
          'try:',
          '  print("try")',
          'except Exception as e:',
          '  print(e)',
          'with open("f") as f:',
          '  print("with")',
        ],
        ...['a, b = 1, 2', 'x[0] = 1', 'del x', 'print "old"', 'while waiting(): print("never")', 'print("known")'],
      ),
    ).toEqual(['known']);
  });

  describe('sleeps', () => {
    it('for as long as it says', () => {
      const script = running(
        'import time\nprint(1)\ntime.sleep(1.5)\nprint(2)\ntime.sleep_ms(20)\nprint(3)\nsleep_ms(5)',
      );
      const seen = [1499, 1, 19, 1, 4, 1].map((ms) => {
        script.clock.pass(ms);
        return [script.text.length / 2, script.ended];
      });
      expect(seen).toEqual([[1, undefined], [2, undefined], [2, undefined], [3, undefined], [3, undefined], [3, 'done']]); // prettier-ignore
    });

    it('while a host is there, and begins again with the next', () => {
      const script = running('time.sleep_ms(100)\nprint(1)');
      script.clock.pass(90);
      script.attached.next(false);
      expect(script.clock.actions).toHaveLength(0);
      script.attached.next(true);
      script.clock.pass(99);
      expect(script.text).toBe('');
      script.clock.pass(1);
      expect(script.text).toBe('1\n');
    });

    it('at least a millisecond, whatever it says', () => {
      for (const ms of ['0', '-5', '0.0001', 'True']) {
        const script = running(`while True:\n  print(1)\n  time.sleep_ms(${ms})`);
        script.clock.pass(3);
        expect(script.text).toBe('1\n'.repeat(4));
      }
    });

    it('and is stopped', () => {
      const script = running('while True:\n  time.sleep(1)\n  print(1)');
      script.clock.pass(1500);
      script.stop();
      expect(script.clock.actions).toHaveLength(0);
      script.clock.pass(5000);
      expect([script.text, script.ended]).toEqual(['1\n', undefined]);
    });
  });

  describe('has an endless loop', () => {
    const after = (ms: number, source: string): string[] => {
      const script = running(source);
      script.clock.pass(ms);
      expect(script.ended).toBeUndefined();
      return script.text.split('\n').slice(0, -1);
    };

    it('whose rounds take a tenth of a second where nothing sleeps', () => {
      expect(after(250, 'i = 0\nwhile True:\n  i += 1\n  print(i)')).toEqual(['1', '2', '3']);
    });

    it.each([
      'while True: pass',
      'while True:',
      'while(True):\n  img = csi0.snapshot()\n  print(clock.fps())',
      'while 1:\n  f()',
    ])('that counts when nothing in it is known: %j', (source) => {
      expect(after(350, source)).toEqual(['0', '1', '2']);
    });

    it('that ends when its condition does', () => {
      expect(printed('i = 0', 'while i < 3:', '  i += 1', 'print(i)')).toEqual(['3']);
      expect(printed('while True:', '  break', 'print("out")')).toEqual(['out']);
    });

    it('that computes, and lets others have their time', () => {
      const script = running('n = 0\nfor i in range(1000000000000):\n  n += i\nprint(n)');
      script.clock.pass(10);
      expect(script.ended).toBeUndefined();
      const empty = running('for i in range(1000000000000):\nprint(1)');
      empty.clock.pass(10);
      expect(empty.ended).toBeUndefined();
    });

    it('that grows until its memory is full', () => {
      expect(printed('s = "x"', 'while True: s += s')).toEqual([
        'MemoryError: memory allocation failed, allocating 131072 bytes',
      ]);
      expect(printed('i = 3', 'while True: i *= i').at(-1)).toContain('MemoryError');
    });
  });

  describe('has channels', () => {
    it('that count how often their size was asked for, or hold what was written last', () => {
      const { channels } = running("import protocol\nprotocol.register(name='late', backend=X())\nwhile True: pass");
      const late = channels.get('late');
      expect([late?.poll?.(), content(late), content(late)]).toEqual([true, 'count: 1', 'count: 2']);
      expect(late?.write?.(0, encodeUtf8('hello'))).toBe(5);
      expect([content(late), content(late)]).toEqual(['hello', 'hello']);
      late?.write?.(5, encodeUtf8(' you'));
      expect(content(late)).toBe('hello you');
      late?.write?.(0, encodeUtf8('a'));
      expect(content(late)).toBe('a');
    });

    it('that hold 64 KiB at most', () => {
      const backend = running('protocol.register("x", X())').channels.get('x');
      expect(backend?.write?.(0, new Uint8Array(65536))).toBe(65536);
      expect(backend?.write?.(65536, Uint8Array.of(1))).toBe(0);
      expect(backend?.write?.(0xffffffff, Uint8Array.of(1))).toBe(0);
      expect(backend?.size?.()).toBe(65536);
    });

    it('that do what the methods of their class are for', () => {
      const methods = (...names: string[]) => {
        const source = [
          'class X:',
          ...names.map((name) => `  def ${name}(self): return 1`),
          'protocol.register("x", X())',
        ];
        return Object.keys(running(source.join('\n')).channels.get('x') ?? {});
      };
      expect(methods('size', 'read')).toEqual(['poll', 'size', 'read']);
      expect(methods('readp')).toEqual(['poll', 'size', 'read']);
      expect(methods('write')).toEqual(['write']);
      expect(methods('read', 'write')).toEqual(['poll', 'size', 'read', 'write']);
      expect(methods('ioctl')).toEqual([]);
    });

    it('as long as it has not unregistered them', () => {
      const { channels } = running('protocol.register(name="a")\nprotocol.register("b")\nprotocol.unregister("a")');
      expect([...channels.keys()]).toEqual(['b']);
      expect(printed('protocol.unregister("a")')).toEqual(["ValueError: this script has registered no channel 'a'"]);
    });

    it('that send events', () => {
      const { events } = running(
        'c = protocol.register("c", C())\nc.send_event(5)\nfor i in range(2): c.send_event(i, True)',
      );
      expect(events).toEqual(['c:5', 'c:0', 'c:1']);
      expect(printed('c = protocol.register("c")', 'c.send_event(65536)')).toEqual([
        'ValueError: an event is 0 to 65535',
      ]);
      expect(printed('c = 5', 'c.send_event(1)', 'print(1)')).toEqual(['1']);
    });

    it('unless there are too many', () => {
      expect(printed('protocol.register("refused")')).toEqual(['RuntimeError: no id is left']);
    });

    it('whose names are text that is known', () => {
      const { channels } = running(
        'name = "c"\nprotocol.register(name=f"{name}{1}")\nprotocol.register(name=5)\nprotocol.register()',
      );
      expect([...channels.keys()]).toEqual(['c1']);
    });
  });

  describe('ends with', () => {
    const traceback = (place: string, error: string) =>
      `Traceback (most recent call last):\n  File "<stdin>", ${place}\n${error}`;

    it.each([
      ['raise ValueError("no sensor")', 'ValueError: no sensor'],
      ['raise OSError(5)', 'OSError: 5'],
      ['raise KeyboardInterrupt', 'KeyboardInterrupt: '],
      ['raise Exception(f"{1 + 1}")', 'Exception: 2'],
    ])('the exception of %s', (line, error) => {
      expect(running(`print(1)\n\n${line}\nprint(2)`)).toMatchObject({
        text: '1\n',
        ended: traceback('line 3, in <module>', error),
      });
    });

    it('the line of the exception, not that of the block around it', () => {
      expect(running('if 1:\n  for i in range(2):\n    print(1 / i)')).toMatchObject({
        ended: traceback('line 3, in <module>', 'ZeroDivisionError: divide by zero'),
      });
      expect(running('x = 1\nwhile 1 / 0:\n  pass')).toMatchObject({
        ended: traceback('line 2, in <module>', 'ZeroDivisionError: divide by zero'),
      });
    });

    it('a mistake in it before anything has run', () => {
      expect(running('print(1)\nprint("2')).toMatchObject({
        text: '',
        ended: traceback('line 2', 'SyntaxError: invalid syntax'),
      });
      expect(running('print(1)\n  print(2)')).toMatchObject({
        text: '',
        ended: traceback('line 2', 'IndentationError: unexpected indent'),
      });
    });

    it('no exception where it does not know what is raised', () => {
      expect(printed('raise', 'raise error', 'raise ValueError(1, 2)', 'print(1)')).toEqual(['1']);
    });
  });

  it('does nothing else, whatever it is', () => {
    const word = fc.constantFrom(
      ...[
        'print(',
        ')',
        '"',
        "'",
        'f"{',
        '}"',
        '(',
        '[',
        ']',
        ':',
        '\n',
        '\n  ',
        '\n    ',
        'while',
        'True',
        'if',
        'else',
        'for',
      ],
      ...[
        'i',
        'in',
        'range(3)',
        '=',
        '+=',
        '*',
        '//',
        'x',
        '1',
        '0',
        '-',
        'raise',
        'E("a")',
        'time.sleep(1)',
        'and',
        'not',
        ',',
      ],
      ...[
        'protocol.register("a", A())',
        'protocol.unregister("a")',
        'a = CBORChannel(on_write=f)',
        'a.add("b", "slider", max=9)',
        'protocol.register("a", a)',
        'a["b"]',
        'def f(ch, name, value):',
        'return',
        'global x',
        'class A',
        'def',
        'break',
        '\\',
        '#',
        '"""',
        '{',
        ';',
        '\t',
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
          fc.string(),
        ),
        (source) => {
          const script = running(source);
          script.clock.pass(500);
          script.stop();
          expect(script.clock.actions).toHaveLength(0);
          expect(script.ended ?? 'done').toMatch(
            /^(done|Traceback \(most recent call last\):\n {2}File "<stdin>", line \d+.*\n\w+: .*)$/su,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});
