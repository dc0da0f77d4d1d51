import { Opcode } from '../../../lib/wire/opcode.js';
import { read, setup } from '../channel-bench.js';
import { command } from '../support.js';

describe('what a back-end gives', () => {
  it.each<[string, number, unknown, string]>([
    ['size', Opcode.CHANNEL_SIZE, NaN, 'size must give whole numbers of −2³¹ to 2³² − 1, not NaN'],
    ['size', Opcode.CHANNEL_SIZE, 3.5, 'size must give whole numbers of −2³¹ to 2³² − 1, not 3.5'],
    ['size', Opcode.CHANNEL_SIZE, 2 ** 32, 'size must give whole numbers of −2³¹ to 2³² − 1, not 4294967296'],
    ['size', Opcode.CHANNEL_SIZE, -(2 ** 31) - 1, 'size must give whole numbers of −2³¹ to 2³² − 1, not -2147483649'],
    ['size', Opcode.CHANNEL_SIZE, 'three', 'size must give whole numbers of −2³¹ to 2³² − 1, not string'],
    ['size', Opcode.CHANNEL_SIZE, undefined, 'size must give whole numbers of −2³¹ to 2³² − 1, not undefined'],
    ['shape', Opcode.CHANNEL_SHAPE, [2, 0.5], 'shape must give whole numbers of −2³¹ to 2³² − 1, not 0.5'],
    ['shape', Opcode.CHANNEL_SHAPE, [2 ** 40], 'shape must give whole numbers of −2³¹ to 2³² − 1, not 1099511627776'],
    ['read', Opcode.CHANNEL_READ, new ArrayBuffer(3), 'read must return a Uint8Array, not ArrayBuffer'],
    ['read', Opcode.CHANNEL_READ, undefined, 'read must return a Uint8Array, not undefined'],
    ['readp', Opcode.CHANNEL_READ, 'abc', 'readp must return a Uint8Array, not string'],
    ['readp', Opcode.CHANNEL_READ, null, 'readp must return a Uint8Array, not Null'],
  ])('is refused with FAILED, and reported, when %s (opcode %d) gives %p', (method, opcode, given, message) => {
    const { ask, errors } = setup({ [method]: () => given });
    expect(ask(opcode, 1, opcode === Opcode.CHANNEL_READ ? read(0, 3) : undefined)).toEqual(['NAK FAILED']);
    expect(errors).toMatchObject([{ channel: 'it', opcode, error: { code: 'INVALID_ARGUMENT', message } }]);
    expect(ask(Opcode.CHANNEL_UNLOCK)).toEqual(['NAK BUSY']);
  });

  it.each<[unknown, string]>([
    [0, '00000000'],
    [-1, 'ffffffff'],
    [-(2 ** 31), '00000080'],
    [2 ** 32 - 1, 'ffffffff'],
    [true, '01000000'],
  ])('is a word of 32 bits when size gives %p', (given, reply) => {
    const { ask, errors } = setup({ size: () => given as number });
    expect(ask(Opcode.CHANNEL_SIZE)).toEqual([reply]);
    expect(errors).toEqual([]);
  });

  it('is repeated as it was, though the Buffer that read gave has other content by now', () => {
    const buffer = Buffer.from('abc');
    const { host, clock } = setup({ read: () => buffer }, { ack: true });
    host.send(command(0, Opcode.CHANNEL_READ, 1, read(0, 3)));
    buffer.write('xyz');
    host.said();
    clock.pass(500);
    expect(host.said()).toEqual(['0 CHANNEL_READ@1 RTX+ACK_REQ 616263']);
  });

  it('may be whatever array: its bytes count', () => {
    const { host } = setup({ readp: () => Uint16Array.of(0x0201, 0x0403) as unknown as Uint8Array });
    host.send(command(0, Opcode.CHANNEL_READ, 1, read(0, 4)));
    expect(host.said()).toEqual(['0 CHANNEL_READ@1 01020304']);
  });
});
