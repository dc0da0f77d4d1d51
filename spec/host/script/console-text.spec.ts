import { ConsoleText } from '../../../lib/host/script/console-text.js';

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe('console text', () => {
  it('is the same however its bytes are cut', () => {
    const bytes = encode('Grüße ✓ 𝄞\u001b[40O\nnext\u001b[40O\r\nline \u001b[31mred');
    for (let cut = 0; cut <= bytes.length; cut++) {
      const text = new ConsoleText();
      const [a, b] = [text.push(bytes.subarray(0, cut)), text.push(bytes.subarray(cut))];
      expect(a.text + b.text).toBe('Grüße ✓ 𝄞nextline \u001b[31mred');
      expect(a.framesTooLarge + b.framesTooLarge).toBe(2);
    }
  });

  it('keeps a U+FEFF at its beginning', () => {
    expect(new ConsoleText().push(encode('\ufeffwhole')).text).toBe('\ufeffwhole');
  });

  it('hands over what is whole at once', () => {
    const text = new ConsoleText();
    expect(text.push(encode('whole')).text).toBe('whole');
  });

  it('holds back only what may be the beginning of the marker', () => {
    const text = new ConsoleText();
    expect(text.push(encode('a\u001b[4')).text).toBe('a');
    expect(text.push(encode('1m')).text).toBe('\u001b[41m');
  });

  it('shows what is no UTF-8 as such, and goes on', () => {
    const text = new ConsoleText();
    expect(text.push(Uint8Array.of(0x61, 0xff, 0x62)).text).toBe('a\ufffdb');
  });
});
