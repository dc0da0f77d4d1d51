import { counted, lineOf, shownBytes } from '../../../lib/cli/output/text.js';

describe('counted', () => {
  it.each([
    [0, '0 frames'],
    [1, '1 frame'],
    [2, '2 frames'],
  ])('%i are %s', (count, words) => {
    expect(counted(count, 'frame')).toBe(words);
  });
});

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe('shownBytes', () => {
  it.each(['', '21.5', 'Grüße\n\tan alle\r\n', '{"a":1}'])('shows the text %j as text if possible', (text) => {
    expect(shownBytes(utf8(text), 'fitting')).toEqual({ text });
  });

  it.each([
    ['what is not UTF-8', Uint8Array.of(0xff, 0xd8, 0xff)],
    ['half a character', Uint8Array.of(0x41, 0xc3)],
    ['zeros', Uint8Array.of(0x41, 0)],
    ['an escape', Uint8Array.of(0x1b, 0x5b, 0x30, 0x6d)],
    ['a C1 control character', utf8('\u0085')],
  ])('shows %s as base64', (_, bytes) => {
    expect(shownBytes(bytes, 'fitting')).toEqual({ base64: Buffer.from(bytes).toString('base64') });
  });

  it('uses the requested form', () => {
    expect(shownBytes(Uint8Array.of(0x41, 0xff), 'text')).toEqual({ text: 'A\ufffd' });
    expect(shownBytes(utf8('A'), 'base64')).toEqual({ base64: 'QQ==' });
  });

  it('prints text or base64', () => {
    expect(lineOf({ text: 'A' })).toBe('A');
    expect(lineOf({ base64: 'QQ==' })).toBe('QQ==');
  });
});
