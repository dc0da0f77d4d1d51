import { from } from 'rxjs';
import { lines } from '../../lib/signals/lines.js';
import type { Traceback } from '../../lib/signals/tracebacks.js';
import { tracebacks } from '../../lib/signals/tracebacks.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';
import { BANNER } from './recorded-scripts.js';

const printed = (type: string): string =>
  `Traceback (most recent call last):\n  File "<stdin>", line 7, in <module>\n${type}: wrong\n`;
const read = (type: string): Traceback => ({
  type,
  message: 'wrong',
  file: '<stdin>',
  line: 7,
  frames: [{ file: '<stdin>', line: 7, function: '<module>' }],
});

describeOperator('tracebacks', {
  operator: tracebacks,
  inputs: { a: printed('ValueError'), b: printed('OSError'), c: printed('MyError') },
  outputs: { a: read('ValueError'), b: read('OSError'), c: read('MyError') },
});

function tracebacksIn(text: string): Traceback[] {
  const seen: Traceback[] = [];
  from(Array.from(text))
    .pipe(lines(), tracebacks())
    .subscribe((traceback) => seen.push(traceback));
  return seen;
}

describe('tracebacks', () => {
  it('reads the calls, the outermost first, and says where it was raised', () => {
    const [traceback] = tracebacksIn(
      [
        'frame 12',
        'Traceback (most recent call last):',
        '  File "<stdin>", line 31, in <module>',
        '  File "/lib/drive.py", line 12, in turn',
        '  File "/lib/drive.py", line 4, in steer',
        'ValueError: angle out of range: 91',
        'MPY: soft reboot',
        '',
      ].join('\r\n'),
    );
    expect(traceback).toEqual({
      type: 'ValueError',
      message: 'angle out of range: 91',
      file: '/lib/drive.py',
      line: 4,
      frames: [
        { file: '<stdin>', line: 31, function: '<module>' },
        { file: '/lib/drive.py', line: 12, function: 'turn' },
        { file: '/lib/drive.py', line: 4, function: 'steer' },
      ],
    });
  });

  it.each([
    ['KeyboardInterrupt: ', 'KeyboardInterrupt', ''],
    ['KeyboardInterrupt:', 'KeyboardInterrupt', ''],
    ['MemoryError', 'MemoryError', ''],
    ['OSError: [Errno 19] ENODEV', 'OSError', '[Errno 19] ENODEV'],
    ['my.module.Error: it is: so', 'my.module.Error', 'it is: so'],
    ["<Error 3 at 'x'>", '', "<Error 3 at 'x'>"],
  ])('reads the exception %j', (text, type, message) => {
    const [traceback] = tracebacksIn(`Traceback (most recent call last):\n  File "a.py", line 1, in f\n${text}\n`);
    expect(traceback).toMatchObject({ type, message });
  });

  it('reads a place without a function, as of a syntax error', () => {
    const text = 'Traceback (most recent call last):\n  File "<stdin>", line 3\nSyntaxError: invalid syntax\n';
    expect(tracebacksIn(text)).toEqual([
      {
        type: 'SyntaxError',
        message: 'invalid syntax',
        file: '<stdin>',
        line: 3,
        frames: [{ file: '<stdin>', line: 3, function: undefined }],
      },
    ]);
  });

  it('passes over lines of source below their places', () => {
    const text = 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    g(1)\nValueError: x\n';
    expect(tracebacksIn(text)).toMatchObject([{ type: 'ValueError', line: 3 }]);
  });

  it('finds one after another, and no more than there are', () => {
    expect(tracebacksIn(`${printed('A')}text\n${printed('B')}B: no traceback\n`)).toEqual([read('A'), read('B')]);
  });

  it('is silent for other text, however much it looks like it', () => {
    expect(
      tracebacksIn(
        [
          'ValueError: not raised',
          '  File "a.py", line 3, in f',
          'ValueError: without a header',
          'Traceback (most recent call last):',
          'ValueError: without a place',
          'Traceback (most recent call last): x',
          '  File "a.py", line 3, in f',
          'ValueError: behind what is no header',
          '',
        ].join('\n'),
      ),
    ).toEqual([]);
  });

  it('finds one behind text without a line end, and behind the prompt', () => {
    expect(tracebacksIn(`x${printed('A')}>>> ${printed('B')}`)).toEqual([read('A'), read('B')]);
  });

  it('finds that of a script that fails before it prints, behind the banner of the one before', () => {
    expect(tracebacksIn(`x${BANNER}${printed('A')}${BANNER}${printed('B')}`)).toEqual([read('A'), read('B')]);
  });

  it('gives the first line of a message of several', () => {
    expect(tracebacksIn(`${printed('A')}and more\nB: no traceback\n${printed('B')}`)).toEqual([read('A'), read('B')]);
  });

  it('finds the KeyboardInterrupt of a build that prints it when a script is stopped', () => {
    const text =
      'Traceback (most recent call last):\r\n  File "<stdin>", line 3, in <module>\r\nKeyboardInterrupt: \r\n';
    expect(tracebacksIn(`reg\r\nx${text}${BANNER}`)).toMatchObject([
      { type: 'KeyboardInterrupt', message: '', file: '<stdin>', line: 3 },
    ]);
  });

  it('begins anew with a header in the middle', () => {
    const cut = 'Traceback (most recent call last):\n  File "lost.py", line 1, in f\n';
    expect(tracebacksIn(cut + printed('A'))).toEqual([read('A')]);
  });

  it('emits with the last line, and drops what is unfinished at the end', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const [h, f, e] = printed('A').split('\n');
      const text = { h: h!, f: f!, e: e! };
      expectObservable(cold('hfe---|', text).pipe(tracebacks())).toBe('--a---|', { a: read('A') });
      expectObservable(cold('hf-|', text).pipe(tracebacks())).toBe('---|');
    });
  });

  it('takes text that is cut anywhere, as it takes lines', () => {
    const text = `x\r\ny${printed('A').replaceAll('\n', '\r\n')}${BANNER}${printed('B')}`;
    const cuts = Array.from({ length: text.length - 1 }, (_, at) => [text.slice(0, at + 1), text.slice(at + 1)]);
    for (const pieces of [[text], text.split(''), ...cuts]) {
      const seen: Traceback[] = [];
      from(pieces)
        .pipe(tracebacks())
        .subscribe((traceback) => seen.push(traceback));
      expect(seen).toEqual([read('A'), read('B')]);
    }
  });

  it('takes text that begins with a header in pieces, and ends without a line end', () => {
    for (const text of [printed('A').trimEnd(), `x${printed('A').trimEnd().replaceAll('\n', '\r\n')}`]) {
      for (let cut = 1; cut < text.length; cut++) {
        const seen: Traceback[] = [];
        from([text.slice(0, cut), text.slice(cut)])
          .pipe(tracebacks())
          .subscribe((traceback) => seen.push(traceback));
        expect(seen).toEqual([read('A')]);
      }
    }
  });

  it('keeps the last 64 places of a recursion that is too deep', () => {
    const calls = Array.from({ length: 300 }, (_, i) => `  File "a.py", line ${i + 1}, in f\n`).join('');
    const [traceback] = tracebacksIn(`Traceback (most recent call last):\n${calls}RuntimeError: maximum recursion\n`);
    expect(traceback?.frames).toHaveLength(64);
    expect([traceback?.line, traceback?.frames[0]?.line]).toEqual([300, 237]);
  });
});
