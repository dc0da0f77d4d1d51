import { from } from 'rxjs';
import { lines } from '../../lib/signals/lines.js';
import { skipBanner } from '../../lib/signals/skip-banner.js';
import type { Traceback } from '../../lib/signals/tracebacks.js';
import { tracebacks } from '../../lib/signals/tracebacks.js';
import { random } from '../wire/random.js';
import { BANNER, recordedScripts } from './recorded-scripts.js';

interface Printed {
  readonly lines: readonly string[];
  /** Type, message, file and line, if an exception ended the script. */
  readonly traceback?: readonly [type: string, message: string, file: string, line: number];
}

const HEADER = 'Traceback (most recent call last):';
const IN_LINE_1 = '  File "<stdin>", line 1, in <module>';
const IN_LINE_2 = '  File "<stdin>", line 2, in <module>';

/** Written down by hand from the recording: what each script itself printed. */
const PRINTED: Readonly<Record<string, Printed>> = {
  syntax: {
    lines: [HEADER, '  File "<stdin>", line 2', 'SyntaxError: invalid syntax'],
    traceback: ['SyntaxError', 'invalid syntax', '<stdin>', 2],
  },
  indent: {
    lines: [HEADER, '  File "<stdin>", line 2', 'SyntaxError: invalid syntax'],
    traceback: ['SyntaxError', 'invalid syntax', '<stdin>', 2],
  },
  exception: {
    lines: [
      'go',
      HEADER,
      '  File "<stdin>", line 9, in <module>',
      '  File "<stdin>", line 6, in g',
      '  File "<stdin>", line 2, in f',
      'ZeroDivisionError: divide by zero',
    ],
    traceback: ['ZeroDivisionError', 'divide by zero', '<stdin>', 2],
  },
  exception_msg: {
    lines: ['key k', HEADER, '  File "<stdin>", line 8, in <module>', "MyError: ('bad', 3)"],
    traceback: ['MyError', "('bad', 3)", '<stdin>', 8],
  },
  nameerr: {
    lines: [HEADER, IN_LINE_1, "NameError: name 'undefined_name' isn't defined"],
    traceback: ['NameError', "name 'undefined_name' isn't defined", '<stdin>', 1],
  },
  sysexit: { lines: ['a'] },
  sysexit_code: { lines: ['a'] },
  ends: { lines: [] },
  empty_print: { lines: ['', 'xy-z'] },
  import_missing: {
    lines: [HEADER, IN_LINE_1, "ImportError: no module named 'nosuchmodule'"],
    traceback: ['ImportError', "no module named 'nosuchmodule'", '<stdin>', 1],
  },
  memerr: {
    lines: ['a', HEADER, IN_LINE_2, 'MemoryError: memory allocation failed, allocating 100000000 bytes'],
    traceback: ['MemoryError', 'memory allocation failed, allocating 100000000 bytes', '<stdin>', 2],
  },
  memerr2: {
    lines: [
      HEADER,
      '  File "<stdin>", line 3, in <module>',
      'MemoryError: memory allocation failed, allocating 10000 bytes',
    ],
    traceback: ['MemoryError', 'memory allocation failed, allocating 10000 bytes', '<stdin>', 3],
  },
  nonascii: { lines: ['héllo wörld ☃ 日本語 😀', 'ff00 \u0000\u001b[31mred\u001b[0m'] },
  stop_sleep: { lines: ['s'] },
  stop_tight: { lines: ['t'] },
  stop_catch: { lines: [] },
  stop_finally: { lines: [] },
  stop_in_write: { lines: ['reg', "w b'hello'", 'w done'] },
  // Nobody read it, and no text of it was kept in the recording.
  flood_noread: { lines: [] },
  // The line end dropped the line of 5000 characters, which the ring could not hold.
  long_line: { lines: ['', 'tail'] },
  exc_write: { lines: ['reg'] },
  exc_read: { lines: ['reg'] },
  exc_size: { lines: ['reg'] },
  size_wrongtype: {
    lines: ['reg', HEADER, '  File "<stdin>", line 10, in <module>', "TypeError: can't convert str to int"],
    traceback: ['TypeError', "can't convert str to int", '<stdin>', 10],
  },
  exc_poll: { lines: ['reg'] },
  no_read: { lines: ['reg', "got 0 b'hello'"] },
  write0: {
    lines: ['reg', "got 0 b'hi'", "got None b'hi'", "got -1 b'hi'", "got True b'hi'", "got x b'hi'", "got 1 b'hi'"],
  },
  same_name: { lines: ['reg <ProtocolChannel: c> <ProtocolChannel: c>'] },
  names: {
    lines: [
      'a123456789012 <ProtocolChannel: a123456789012>',
      'b1234567890123 <ProtocolChannel: b123456789012>',
      'c1234567890123456789 <ProtocolChannel: c123456789012>',
      ' <ProtocolChannel: >',
      'é12345678901234 <ProtocolChannel: é12345678901>',
    ],
  },
  unregister: {
    lines: [
      "['__class__', '__name__', 'CHANNEL_FLAG_LOCK', 'CHANNEL_FLAG_PHYSICAL', 'CHANNEL_FLAG_READ', " +
        "'CHANNEL_FLAG_WRITE', 'CHANNEL_ID_PROFILE', 'CHANNEL_ID_STDIN', 'CHANNEL_ID_STDOUT', 'CHANNEL_ID_STREAM', " +
        "'CHANNEL_ID_TRANSPORT', '__dict__', 'init', 'is_active', 'register']",
      HEADER,
      '  File "<stdin>", line 7, in <module>',
      "AttributeError: 'module' object has no attribute 'unregister'",
    ],
    traceback: ['AttributeError', "'module' object has no attribute 'unregister'", '<stdin>', 7],
  },
  readp_1m: { lines: ['reg'] },
  read_1m: { lines: ['reg'] },
  read_short: { lines: ['reg'] },
  read_str: { lines: ['reg'] },
  shapes: {
    lines: [
      'reg',
      HEADER,
      '  File "<stdin>", line 15, in <module>',
      'OverflowError: overflow converting long int to machine word',
    ],
    traceback: ['OverflowError', 'overflow converting long int to machine word', '<stdin>', 15],
  },
  ioctl: {
    lines: [
      'reg',
      'ioctl 1 0 None',
      "ioctl 1 8 b'argument'",
      'ioctl 2 0 None',
      'ioctl 3 0 None',
      'ioctl 4 0 None',
      'ioctl 5 0 None',
      'ioctl 9 0 None',
      `ioctl -1 100 b'${'\\x00'.repeat(100)}'`,
    ],
  },
  init_params: { lines: [] },
  init_bad: {
    lines: [HEADER, IN_LINE_2, 'RuntimeError: Failed to initialize protocol'],
    traceback: ['RuntimeError', 'Failed to initialize protocol', '<stdin>', 2],
  },
  event_wait: {
    lines: ['sent <ProtocolChannel: c>', "<class 'TypeError'> function missing 1 required positional arguments"],
  },
  callback_print: { lines: ['size 1', 'read 0 3'] },
  lock: { lines: ['reg', 'lock', 'unlock'] },
};

/** Of `flood_read` the recording shows the beginning and the end, which is cut in the middle of a line. */
const FLOOD = {
  begin:
    'line 827,line 828,line 829,line 830,line 831,line 832,line 833,line 834,line 835,line 836,' +
    'line 837,line 838,line 839,line 840,line 841,line 842,line 843,line 844,line 845,line 846',
  end:
    'e 99971,line 99972,line 99973,line 99974,line 99975,line 99976,line 99977,line 99978,line 99979,line 99980,' +
    'line 99981,line 99982,line 99983,line 99984,line 99985,line 99986,line 99987,line 99988,line 99989,line 99990,' +
    'line 99991,line 99992,line 99993,line 99994,line 99995,line 99996,line 99997,line 99998,line 99999,END',
};

/** The same text in one piece, in single characters and cut at random. */
function cuttings(text: string): [how: string, pieces: readonly string[]][] {
  const atRandom = [1, 2, 3, 4, 5].map((seed): [string, string[]] => {
    const next = random(seed);
    const pieces: string[] = [];
    for (let at = 0, end = 0; at < text.length; at = end) {
      end = at + 1 + Math.floor(next() * 40);
      pieces.push(text.slice(at, end));
    }
    return [`cut at random (seed ${seed})`, pieces];
  });
  return [['whole', [text]], ['in single characters', text.split('')], ...atRandom];
}

function linesOf(pieces: readonly string[]): string[] {
  const seen: string[] = [];
  from(pieces)
    .pipe(lines())
    .subscribe((line) => seen.push(line));
  return seen;
}

const found = ({ type, message, file, line }: Traceback) => [type, message, file, line];

function tracebacksOf(pieces: readonly string[]): unknown[] {
  const seen: Traceback[] = [];
  from(pieces)
    .pipe(tracebacks())
    .subscribe((traceback) => seen.push(traceback));
  return seen.map(found);
}

const whole = recordedScripts.filter(({ stdout }) => stdout !== undefined);

describe('the recorded scripts', () => {
  it('are all written down', () => {
    expect(recordedScripts).toHaveLength(42);
    expect(whole.map(({ name }) => name)).toEqual(Object.keys(PRINTED));
    expect(recordedScripts.filter(({ stdout }) => stdout === undefined)).toMatchObject([{ name: 'flood_read' }]);
  });

  describe.each(whole)('$name', ({ name, stdout = '' }) => {
    const { lines: expected, traceback } = PRINTED[name]!;

    it.each(cuttings(stdout))('gives its own lines and its traceback, %s', (_, pieces) => {
      expect(linesOf(pieces)).toEqual(expected);
      expect(tracebacksOf(linesOf(pieces))).toEqual(traceback === undefined ? [] : [traceback]);
      expect(tracebacksOf(pieces)).toEqual(traceback === undefined ? [] : [traceback]);
    });
  });

  it('give their own lines and tracebacks one after another, as a camera that stays on prints them', () => {
    const text = whole.map(({ stdout }) => stdout).join('');
    for (const [, pieces] of cuttings(text)) {
      expect(linesOf(pieces)).toEqual(Object.values(PRINTED).flatMap((printed) => printed.lines));
      expect(tracebacksOf(pieces)).toEqual(
        Object.values(PRINTED).flatMap(({ traceback }) => (traceback === undefined ? [] : [traceback])),
      );
    }
  });

  it('give their own text and nothing else through skipBanner', () => {
    for (const { stdout = '' } of whole) {
      for (const [, pieces] of cuttings(stdout)) {
        let text = '';
        from(pieces)
          .pipe(skipBanner())
          .subscribe((piece) => (text += piece));
        expect(text).toBe(stdout.endsWith(BANNER) ? stdout.slice(0, -BANNER.length) : stdout);
      }
    }
  });

  it('that flooded stdout: give what the recording shows of it', () => {
    const { stdoutAbout = '' } = recordedScripts.find(({ name }) => name === 'flood_read')!;
    const [, begin = '', end = ''] = /^26981 chars: (".*") … (".*")$/.exec(stdoutAbout)!;
    for (const [, pieces] of cuttings(JSON.parse(begin) as string)) expect(linesOf(pieces).join()).toBe(FLOOD.begin);
    for (const [, pieces] of cuttings(JSON.parse(end) as string)) {
      expect(linesOf(pieces).join()).toBe(FLOOD.end);
      expect(tracebacksOf(pieces)).toEqual([]);
    }
  });
});
