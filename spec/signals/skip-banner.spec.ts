import { from } from 'rxjs';
import { skipBanner } from '../../lib/signals/skip-banner.js';
import { describeOperator, scheduler } from '../operators/operator-contract.js';
import { BANNER } from './recorded-scripts.js';

describeOperator('skipBanner', {
  operator: skipBanner,
  inputs: { a: 'a\n', b: `${BANNER}b`, c: 'Mc\r\n' },
  outputs: { a: 'a\n', b: 'b', c: 'Mc\r\n' },
});

function passed(...pieces: string[]): string {
  let text = '';
  from(pieces)
    .pipe(skipBanner())
    .subscribe((piece) => (text += piece));
  return text;
}

describe('skipBanner', () => {
  it('drops the banner wherever it stands, and nothing else', () => {
    expect(passed(BANNER)).toBe('');
    expect(passed(`1\r\n${BANNER}2\r\n`)).toBe('1\r\n2\r\n');
    expect(passed(`x${BANNER}${BANNER}y`)).toBe('xy');
  });

  it('drops it wherever it is cut', () => {
    const text = `x${BANNER}y\r\n`;
    for (let cut = 0; cut <= text.length; cut++) expect(passed(text.slice(0, cut), text.slice(cut))).toBe('xy\r\n');
    expect(passed(...text.split(''))).toBe('xy\r\n');
  });

  it('bears line ends that were translated on the way', () => {
    expect(passed(`1\n${BANNER.replaceAll('\r\n', '\n')}2\n`)).toBe('1\n2\n');
  });

  const [reboot = '', version = '', help = '', prompt = ''] = BANNER.split(/(?<=\n)/);

  it.each([
    ['a prompt of its own', '>>> print(1)\r\n'],
    ['a line MPY: soft reboot of its own', `${reboot}1\r\n`],
    ['a note without the version', reboot + help + prompt],
    ['a note without the help', reboot + version + prompt],
    ['a banner without its prompt', `${reboot}${version}${help}1\r\n`],
    ['a banner with another prompt', `${reboot}${version}${help}>>>1\r\n`],
    ['a banner without a note', version + help + prompt],
    ['a line between its lines', `${reboot}1\r\n${version}${help}${prompt}`],
    ['an empty line between its lines', `${reboot}\r\n${version}${help}${prompt}`],
    ['a version of something else', `${reboot}OpenMV v5.0.0\r\n${help}${prompt}`],
    ['a version that never ends', `${reboot}MicroPython ${'x'.repeat(1000)}\r\n${help}${prompt}`],
    ['another help', `${reboot}${version}${help.replace('help()', 'help')}${prompt}`],
    ['a return without a line end', `${reboot.replace('\n', '\r')}${version}${help}${prompt}`],
    ['half of a note', 'MPY: soft'],
    ['many letters M', 'MMMPY: MPY: soft rebootMPY: soft reboo\r\n'],
  ])('passes on as it is: %s', (_, text) => {
    expect(passed(text)).toBe(text);
    expect(passed(...text.split(''))).toBe(text);
    // What looks like a banner must not hide the one behind it.
    expect(passed(...`${text}${BANNER}`.split(''))).toBe(text);
  });

  it('finds a banner behind a note of the script itself', () => {
    expect(passed(`${reboot}${BANNER}`)).toBe(reboot);
    expect(passed(`${reboot}xMPY: soft reboot\r\n${version}${help}${prompt}`)).toBe(`${reboot}x`);
  });

  it('passes each piece on at once, and holds only what may become a banner', () => {
    const text = { a: 'one\r\nMPY: so', b: 'n\r\n', c: 'M', d: 'PY: soft reboot\r\nOpenMV', e: ' v5\r\nM', f: 'ore' };
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('abcdef', text).pipe(skipBanner())).toBe('ab--ef', {
        a: 'one\r\n',
        b: 'MPY: son\r\n',
        e: 'MPY: soft reboot\r\nOpenMV v5\r\n',
        f: 'More',
      });
    });
  });

  it('releases what it holds when the source completes, and drops it when that errors', () => {
    const text = { a: 'one\r\nMPY: soft reboot\r\n' };
    scheduler().run(({ cold, expectObservable }) => {
      expectObservable(cold('-a-|', text).pipe(skipBanner())).toBe('-x-(y|)', {
        x: 'one\r\n',
        y: 'MPY: soft reboot\r\n',
      });
      expectObservable(cold('-a-#', text).pipe(skipBanner())).toBe('-x-#', { x: 'one\r\n' });
    });
  });

  it('holds no more than a banner of a script that prints its beginning for ever', () => {
    const pieces = ['MPY: soft reboot\r\n', ...Array<string>(1000).fill('x')];
    const seen: string[] = [];
    from(pieces)
      .pipe(skipBanner())
      .subscribe((piece) => seen.push(piece));
    expect(Math.max(...seen.map(({ length }) => length))).toBeLessThan(300);
    expect(seen.join('')).toBe(pieces.join(''));
  });
});
