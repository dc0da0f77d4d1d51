import { misjudged } from './compiled.js';

const head = [
  "import * as rx from 'openmv-rx'; import * as protocol from 'openmv-rx/protocol'; import { cbor, encodeWidgets } from 'openmv-rx/widgets';",
  "import type { Backend } from 'openmv-rx/device'; import { VirtualCamera } from 'openmv-rx/virtual';",
  "import { readRecording, type RecordedValue } from 'openmv-rx/recording';",
  'declare const camera: rx.Camera; declare const frame: rx.Frame; declare const packet: protocol.Packet; declare const value: RecordedValue;',
  'declare const message: protocol.Message; interface Settings { quality: number; size: string }',
].join(' ');

describe('bytes that the library hands out', () => {
  it('are a body of fetch, a part of a Blob, and what a WebSocket sends, as they are', () => {
    const compile = [
      "void fetch('http://localhost', { method: 'POST', body: frame.data });",
      'void new Blob([frame.data]);',
      "new WebSocket('ws://localhost').send(frame.data);",
      "camera.channel('log').read().subscribe((bytes) => new Blob([bytes]));",
      "camera.channel('log', rx.bytes).value$.subscribe((bytes) => new Blob([bytes]));",
      "camera.channel('log').readChunks().subscribe(({ bytes }) => new Blob([bytes]));",
      "camera.channel('log').readArray('u8').subscribe(({ data }) => new Blob([data]));",
      "camera.channel('raw', rx.struct({ raw: ['bytes', 4] })).read().subscribe(({ raw }) => new Blob([raw]));",
      "camera.channel('pictures').frames().subscribe(({ data }) => new Blob([data]));",
      'const own: rx.Codec<Blob> = { decode: (bytes) => new Blob([bytes]), encode: () => new Uint8Array(1) }; void own;',
      'const backend: Backend = { write: (_, data) => new Blob([data]).size, ioctl: (_, data) => new Blob([data!]).size }; void backend;',
      'void new Blob([packet.payload, message.payload, protocol.encodePacket(packet)]);',
      'void new Blob([value.bytes, encodeWidgets([])]);',
      "for await (const entry of readRecording('a.mcap')) if (entry.kind === 'frame') void new Blob([entry.frame.data]);",
      'new VirtualCamera({ encodeJpeg: (rgba) => { void new Blob([rgba]); return rgba; } });',
    ];
    expect(misjudged(head, { compile, reject: [] })).toEqual([]);
  });

  it('are not asked for in return: any bytes may be written, sent, decoded and looked at', () => {
    const compile = [
      "camera.channel('log').write(new Uint8Array(new SharedArrayBuffer(4)));",
      "camera.channel('log').write(Buffer.from('a'));",
      'protocol.encodePacket({ opcode: 1, payload: Buffer.from([1]) });',
      "rx.toRgba({ width: 1, height: 1, format: 'grayscale', data: new Uint8Array(new SharedArrayBuffer(4)) });",
      'rx.text.decode(new Uint8Array(new SharedArrayBuffer(4))); rx.text.decode(rx.text.encode("a"));',
      'cbor().decode(cbor().encode(1)); rx.json().decode(rx.json().encode(1));',
      'rx.struct({ a: "u8" }).decode(new Uint8Array(new SharedArrayBuffer(4)));',
    ];
    expect(misjudged(head, { compile, reject: [] })).toEqual([]);
  });
});

describe('a JSON codec', () => {
  it('has one type for what is read and another for what is written', () => {
    const compile = [
      "camera.channel('config', rx.json<Settings, Partial<Settings>>()).write({ quality: 30 });",
      "camera.channel('config', rx.json<Settings, Partial<Settings>>()).value$.subscribe(({ size }) => size.length);",
      "camera.channel('config', rx.json<Settings>()).write({ quality: 30, size: 'qvga' });",
      "camera.channel<number>('count', rx.json<number>()).read().subscribe((count) => count.toFixed());",
      "const one: rx.Channel<Settings, Partial<Settings>> = camera.channel('config', rx.json<Settings, Partial<Settings>>()); void one;",
      "camera.channel('config', rx.json<Settings, Partial<Settings>>()).locked((config) => config.write({ size: 'vga' }));",
    ];
    const reject = [
      "camera.channel('config', rx.json<Settings>()).write({ quality: 30 });",
      "camera.channel('config', rx.json<Settings, Partial<Settings>>()).write({ qualty: 30 });",
      "camera.channel('config', rx.json<Settings, Partial<Settings>>()).read().subscribe((read: string) => read);",
    ];
    expect(misjudged(head, { compile, reject })).toEqual([]);
  });
});
