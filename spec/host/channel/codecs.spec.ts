import { json, text } from '../../../lib/host/channel/codecs.js';

describe('a text codec', () => {
  it.each(['\ufeff', '\ufeffä', 'a\ufeff', '\ufeff\ufeff'])('gives %j back as it was written', (value) => {
    expect(text.decode(text.encode(value))).toBe(value);
  });
});

describe('a JSON codec', () => {
  it('reads a value with a byte order mark in front, and keeps those inside', () => {
    expect(json().decode(text.encode('\ufeff{"a":"\ufeffb"}'))).toEqual({ a: '\ufeffb' });
  });
});
