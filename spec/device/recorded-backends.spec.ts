import type { Backend } from '../../lib/device/index.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { decodeWords, encodeIoctl } from '../../lib/wire/payloads/index.js';
import { setup, write } from './channel-bench.js';
import { command } from './support.js';

/** Back-ends that answer as those of the recorded scripts did, and what their hosts saw (PROTOCOL 7). */
const answering = (method: keyof Backend, value: unknown): Backend => ({ [method]: () => value });

describe('a Device whose back-end answers as a recorded one did', () => {
  it.each<[string, unknown, string]>([
    ['zero', 0, 'NAK FAILED'],
    ['none', undefined, 'NAK FAILED'],
    ['null', null, 'NAK FAILED'],
    ['neg', -1, 'ACK'],
    ['true', true, 'NAK FAILED'],
    ['str', 'x', 'NAK FAILED'],
    ['one', 1, 'ACK'],
  ])('to a write (write0, %s: %p) says %s', (_, value, reply) => {
    const { ask, errors } = setup(answering('write', value));
    expect(ask(Opcode.CHANNEL_WRITE, 1, write('6869'))).toEqual([reply]);
    expect(errors).toEqual([]);
  });

  it.each<[number, unknown, string]>([
    [1, 0, 'ACK'],
    [2, undefined, 'ACK'],
    [3, 5, 'NAK FAILED'],
    [4, 's', 'ACK'],
    [5, new Uint8Array(4), 'ACK'],
    [6, -1, 'NAK FAILED'],
    [7, true, 'ACK'],
  ])('to an ioctl (request %d: %p) says %s', (request, value, reply) => {
    const { ask, errors } = setup(answering('ioctl', value));
    expect(ask(Opcode.CHANNEL_IOCTL, 1, encodeIoctl(request))).toEqual([reply]);
    expect(errors).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['ok', [2, 2], '0200000002000000'],
    ['int', 4, ''],
    ['none', undefined, ''],
    ['null', null, ''],
    ['empty', [], ''],
    ['neg', [-1, 2], 'ffffffff02000000'],
    ['five', [1, 2, 3, 4, 5], '20B'],
  ])('to SHAPE (shapes, %s: %p) says "%s"', (_, value, reply) => {
    const { ask, errors } = setup(answering('shape', value));
    expect(ask(Opcode.CHANNEL_SHAPE)).toEqual([reply]);
    expect(errors).toEqual([]);
  });

  it('fills four words of a shape, and sends zeros for what is behind them, whatever it is', () => {
    const { host } = setup(answering('shape', [1, 2, 3, 4, 'five', 6]));
    host.send(command(0, Opcode.CHANNEL_SHAPE, 1));
    expect(decodeWords(host.saidBytes().slice(10, -4))).toEqual([1, 2, 3, 4, 0, 0]);
  });
});
