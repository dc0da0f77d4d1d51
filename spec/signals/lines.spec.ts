import { from } from 'rxjs';
import { Flag } from '../../lib/wire/flags.js';
import { Decoder } from '../../lib/wire/decoder.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { isPacket } from '../../lib/wire/packet.js';
import { lines } from '../../lib/signals/lines.js';
import { messagesOf } from '../wire/fragments.js';
import { cutAtRandom, random } from '../wire/random.js';
import { receivedWhole } from '../wire/recorded.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';
import { BANNER } from './recorded-scripts.js';

describeOperator('lines', {
  operator: lines,
  inputs: { a: 'a\n', b: 'b\r\n', c: 'c\n' },
  outputs: { a: 'a', b: 'b', c: 'c' },
});

function linesOf(pieces: readonly string[], maxLength?: number): string[] {
  const seen: string[] = [];
  from(pieces)
    .pipe(lines(maxLength === undefined ? {} : { maxLength }))
    .subscribe((line) => seen.push(line));
  return seen;
}

describe('lines', () => {
  it('puts pieces together and takes them apart', () => {
    expect(linesOf(['on', 'e\ntwo\nth', 'ree', '\n'])).toEqual(['one', 'two', 'three']);
  });

  it.each(['\n', '\r\n'])('ends a line at %j, wherever that is cut', (end) => {
    const text = `first${end}${end}third${end}`;
    for (let cut = 0; cut <= text.length; cut++) {
      expect(linesOf([text.slice(0, cut), text.slice(cut)])).toEqual(['first', '', 'third']);
    }
    expect(linesOf(Array.from(text))).toEqual(['first', '', 'third']);
  });

  it('takes a return that no line end follows for a character', () => {
    expect(linesOf(['10%\r20%\r\n', 'a\r', 'b\n', 'c\r\r\n'])).toEqual(['10%\r20%', 'a\rb', 'c\r']);
  });

  it('emits the unfinished line when the source completes, and drops it when that errors', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const text = { a: 'one\ntw', b: 'o' };
      expectObservable(cold('-a-b-|', text).pipe(lines())).toBe('-x---(y|)', { x: 'one', y: 'two' });
      expectObservable(cold('-a-b-#', text).pipe(lines())).toBe('-x---#', { x: 'one' });
    });
  });

  it('emits nothing behind the last line end', () => {
    expect([linesOf(['a\n']), linesOf(['']), linesOf(['\n'])]).toEqual([['a'], [], ['']]);
  });

  it('emits a line that is too long in pieces as it comes, and loses nothing of it', () => {
    scheduler().run(({ cold, expectObservable }) => {
      const text = { a: 'abc', b: 'defgh', c: 'ij\nk' };
      expectObservable(cold('-a-----b-----c-----|', text).pipe(lines({ maxLength: 3 }))).toBe(
        '-------(xy)--(zu)--(v|)',
        {
          x: 'abc',
          y: 'def',
          z: 'ghi',
          u: 'j',
          v: 'k',
        },
      );
    });
  });

  it.each([2, 3, 5, 6, 7])('emits the same pieces however the text is cut, lines of %d at most', (maxLength) => {
    const text = 'abcdef\r\nabcdefg\r\n\r\nabc\rdef\n𝄞𝄞𝄞𝄞\nend';
    const whole = linesOf([text], maxLength);
    for (const line of whole) expect(line.length).toBeLessThanOrEqual(maxLength);
    expect(whole.join('')).toBe(text.replaceAll(/\r?\n/g, ''));
    for (let cut = 1; cut < text.length; cut++) {
      expect(linesOf([text.slice(0, cut), text.slice(cut)], maxLength)).toEqual(whole);
    }
    expect(linesOf(text.split(''), maxLength)).toEqual(whole);
  });

  it('does not cut a line of just the longest length', () => {
    expect(linesOf(['abc\r\n', 'abc', '\r', '\n', 'abc'], 3)).toEqual(['abc', 'abc', 'abc']);
  });

  it('does not cut a character of two units', () => {
    expect(linesOf(['a𝄞𝄞b\n'], 2)).toEqual(['a', '𝄞', '𝄞', 'b']);
  });

  it('bears a megabyte without a line end, in small pieces', () => {
    const piece = 'x'.repeat(100);
    const found = linesOf(Array<string>(10_000).fill(piece));
    expect(found.slice(0, -1).every(({ length }) => length === 16_384)).toBe(true);
    expect(found.reduce((sum, { length }) => sum + length, 0)).toBe(1_000_000);
  });

  it.each([0, 1, 1.5, NaN, -3])('throws for lines of %d characters', (maxLength) => {
    expect(() => lines({ maxLength })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});

describe('lines, between the banners of the interpreter', () => {
  const text = `x${BANNER}hello\r\n${BANNER}${BANNER}MPY: soft reboot\r\n>>> \r\n${BANNER}>>> end`;
  const found = ['x', 'hello', 'MPY: soft reboot', '>>> ', '>>> end'];

  it('end a line that a script left unfinished, and are none themselves', () => {
    expect(linesOf([text])).toEqual(found);
  });

  it('are the same wherever they are cut', () => {
    for (let cut = 1; cut < text.length; cut++) expect(linesOf([text.slice(0, cut), text.slice(cut)])).toEqual(found);
    expect(linesOf(text.split(''))).toEqual(found);
  });

  it('emits the unfinished line with the last character of the banner, and lines before a banner at once', () => {
    const [begin, prompt] = [BANNER.slice(0, -1), BANNER.slice(-1)];
    scheduler().run(({ cold, expectObservable }) => {
      const pieces = { a: `one\r\nx${begin}`, b: prompt, c: 'two\r\nMPY: soft', d: '\r\n' };
      expectObservable(cold('abcd', pieces).pipe(lines())).toBe('1x23', { 1: 'one', x: 'x', 2: 'two', 3: 'MPY: soft' });
    });
  });

  it('emits the beginning of a banner that does not go on when the source completes', () => {
    const begun = 'xMPY: soft reboot\r\nOpenMV v5.0.0; Micro';
    expect(linesOf([begun])).toEqual(['xMPY: soft reboot', 'OpenMV v5.0.0; Micro']);
    expect(linesOf(begun.split(''))).toEqual(['xMPY: soft reboot', 'OpenMV v5.0.0; Micro']);
  });

  it('cuts a line that is too long in the same pieces before a banner', () => {
    for (const pieces of [[`abcM${BANNER}d`], `abcM${BANNER}d`.split('')]) {
      expect(linesOf(pieces, 3)).toEqual(['abc', 'M', 'd']);
    }
  });
});

describe('lines, of what a camera printed', () => {
  const STDOUT = 2;
  const packets = new Decoder().push(receivedWhole('script', 'device')).filter(isPacket);
  const printed = messagesOf(packets)
    .filter(({ opcode, channel, flags }) => {
      return opcode === Opcode.CHANNEL_READ && channel === STDOUT && (flags & Flag.NAK) === 0;
    })
    .map(({ payload }) => payload);

  it.each([1, 2, 3])('finds each line, cut at random (seed %d)', (seed) => {
    const decoder = new TextDecoder();
    const text = cutAtRandom(new Uint8Array(Buffer.concat(printed)), random(seed), 20)
      .map((bytes) => decoder.decode(bytes, { stream: true }))
      .concat(decoder.decode());
    const counted = Array.from({ length: 18 }, (_, i) => `line ${i} héllo`);
    expect(linesOf(text)).toEqual(['script started', ...counted]);
  });
});
