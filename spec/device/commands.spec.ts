import { Device, type Backend } from '../../lib/device/index.js';
import { ChannelFlag } from '../../lib/wire/flags.js';
import { Opcode, opcodeName } from '../../lib/wire/opcode.js';
import {
  encodeCapabilities,
  encodeIoctl,
  encodeReadRequest,
  encodeWords,
  encodeWriteRequest,
} from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { bytes, command, link } from './support.js';

const KNOWN: readonly number[] = Object.values(Opcode);
const LAST_OF_SYSTEM = 0x14;

/** What a device with one channel, the first, says to one command; without acknowledgements. */
function answer(
  backend: Backend,
  opcode: number,
  channel = 1,
  payload: Uint8Array = bytes(''),
  flags?: number,
): string[] {
  const device = new Device({ ack: false, scheduler: new Clock(), bufferSize: 512 });
  device.register('it', backend, flags);
  const host = link(device);
  host.send(command(0, opcode, channel, payload));
  return host.said().map((packet) => packet.replace(/^\d+ \S+ ?/, ''));
}

const write = (hex: string) => encodeWriteRequest(0, bytes(hex));
const nothing = { readp: () => bytes(''), read: () => bytes('') };
const caps = (maxPayload: number) => encodeCapabilities({ crc: true, seq: true, ack: false, events: true, maxPayload });

describe('the commands of a Device (PROTOCOL 3)', () => {
  it.each([
    ['PROTO_SYNC', 'ACK'],
    ['PROTO_GET_CAPS', '16B'],
    ['PROTO_STATS', '32B'],
    ['PROTO_VERSION', '16B'],
    ['SYS_INFO', '76B'],
    ['SYS_MEMORY', '00000000'],
    ['CHANNEL_LIST', '32B'],
    ['CHANNEL_POLL', '00000000'],
  ] as const)('%s takes nothing and is answered with %s', (name, reply) => {
    expect(answer({}, Opcode[name], 0)).toEqual([reply]);
  });

  it.each<[string, Backend, number, Uint8Array, string]>([
    ['LOCK', { lock: () => true, unlock: () => true }, Opcode.CHANNEL_LOCK, bytes(''), 'ACK'],
    ['LOCK that is refused', { lock: () => false, unlock: () => true }, Opcode.CHANNEL_LOCK, bytes(''), 'NAK BUSY'],
    ['LOCK where there is no lock', {}, Opcode.CHANNEL_LOCK, bytes(''), 'NAK BUSY'],
    ['UNLOCK', { unlock: () => true }, Opcode.CHANNEL_UNLOCK, bytes(''), 'ACK'],
    ['UNLOCK that is refused', { unlock: () => false }, Opcode.CHANNEL_UNLOCK, bytes(''), 'NAK BUSY'],
    ['UNLOCK where there is no unlock', {}, Opcode.CHANNEL_UNLOCK, bytes(''), 'NAK BUSY'],
    ['SHAPE of nothing', { shape: () => [] }, Opcode.CHANNEL_SHAPE, bytes(''), ''],
    ['SHAPE of four', { shape: () => [1, 2, 3, 4] }, Opcode.CHANNEL_SHAPE, bytes(''), '16B'],
    ['SHAPE where there is none', {}, Opcode.CHANNEL_SHAPE, bytes(''), 'NAK INVALID'],
    ['SIZE', { size: () => 0x01020304 }, Opcode.CHANNEL_SIZE, bytes(''), '04030201'],
    ['SIZE where there is none', {}, Opcode.CHANNEL_SIZE, bytes(''), 'NAK INVALID'],
    ['READ by readp', { readp: () => bytes('01') }, Opcode.CHANNEL_READ, encodeReadRequest(0, 1), '01'],
    ['READ by read', { read: () => bytes('02') }, Opcode.CHANNEL_READ, encodeReadRequest(0, 1), '02'],
    ['READ of nothing there', nothing, Opcode.CHANNEL_READ, encodeReadRequest(0, 1), 'NAK FAILED'],
    ['READ of length 0', nothing, Opcode.CHANNEL_READ, encodeReadRequest(0, 0), 'NAK INVALID'],
    ['READ without a request', nothing, Opcode.CHANNEL_READ, bytes(''), 'NAK INVALID'],
    ['READ with a torn request', nothing, Opcode.CHANNEL_READ, bytes('00000000010000'), 'NAK INVALID'],
    ['READ where it can not be read', {}, Opcode.CHANNEL_READ, encodeReadRequest(0, 1), 'NAK INVALID'],
    ['WRITE', { write: () => 1 }, Opcode.CHANNEL_WRITE, write('01'), 'ACK'],
    ['WRITE that takes nothing', { write: () => 0 }, Opcode.CHANNEL_WRITE, write('01'), 'NAK FAILED'],
    ['WRITE of length 0', { write: () => 1 }, Opcode.CHANNEL_WRITE, write(''), 'NAK INVALID'],
    [
      'WRITE of more than there is',
      { write: () => 1 },
      Opcode.CHANNEL_WRITE,
      bytes('000000000200000001'),
      'NAK INVALID',
    ],
    ['WRITE with a torn head', { write: () => 1 }, Opcode.CHANNEL_WRITE, bytes('00000000010000'), 'NAK INVALID'],
    ['WRITE where it can not be written', {}, Opcode.CHANNEL_WRITE, write('01'), 'NAK INVALID'],
    ['IOCTL', { ioctl: () => 0 }, Opcode.CHANNEL_IOCTL, encodeIoctl(9), 'ACK'],
    ['IOCTL that says nothing', { ioctl: () => undefined }, Opcode.CHANNEL_IOCTL, encodeIoctl(9), 'ACK'],
    ['IOCTL that fails', { ioctl: () => -1 }, Opcode.CHANNEL_IOCTL, encodeIoctl(9), 'NAK FAILED'],
    ['IOCTL with a torn head', { ioctl: () => 0 }, Opcode.CHANNEL_IOCTL, bytes('010000'), 'NAK INVALID'],
    ['IOCTL where there is none', {}, Opcode.CHANNEL_IOCTL, encodeIoctl(9), 'NAK INVALID'],
  ])('%s', (_, backend, opcode, payload, reply) => {
    expect(answer(backend, opcode, 1, payload)).toEqual([reply]);
  });

  it('IOCTL never answers with data, whatever the back-end returns', () => {
    const backend: Backend = { ioctl: () => 'data' as unknown as number };
    expect(answer(backend, Opcode.CHANNEL_IOCTL, 1, encodeIoctl(1))).toEqual(['ACK']);
  });

  it.each([
    ['a request it does not know', encodeIoctl(2), 'NAK INVALID'],
    ['no argument where 4 bytes are due', encodeIoctl(1), 'NAK INVALID'],
    ['3 bytes', encodeIoctl(1, bytes('000000')), 'NAK INVALID'],
    ['5 bytes', encodeIoctl(1, bytes('0000000000')), 'NAK INVALID'],
    ['4 bytes', encodeIoctl(1, encodeWords(0)), 'ACK'],
  ])('IOCTL on a channel of the firmware, with %s', (_, payload, reply) => {
    const backend = { ioctl: () => 0, ioctlSizes: new Map([[1, 4]]) };
    expect(answer(backend, Opcode.CHANNEL_IOCTL, 1, payload, ChannelFlag.READ)).toEqual([reply]);
  });

  it.each([
    [0, 'NAK INVALID'],
    [49, 'NAK INVALID'],
    [50, 'ACK'],
    [498, 'ACK'],
    [499, 'NAK INVALID'],
    [0xffff, 'NAK INVALID'],
  ])('SET_CAPS with a largest payload of %d, of a buffer of 512', (maxPayload, reply) => {
    expect(answer({}, Opcode.PROTO_SET_CAPS, 0, caps(maxPayload))).toEqual([reply]);
  });

  it.each([0, 6, 15, 17])('SET_CAPS of %d bytes is INVALID', (length) => {
    const payload = new Uint8Array(17);
    payload.set(caps(100));
    expect(answer({}, Opcode.PROTO_SET_CAPS, 0, payload.subarray(0, length))).toEqual(['NAK INVALID']);
  });

  const unknown = Array.from({ length: 256 }, (_, opcode) => opcode).filter((opcode) => !KNOWN.includes(opcode));

  it('and no others: each other opcode gets INVALID, on each channel', () => {
    expect(unknown).toHaveLength(236);
    for (const opcode of unknown) {
      for (const channel of [0, 1, 31, 255])
        expect([opcode, ...answer({}, opcode, channel)]).toEqual([opcode, 'NAK INVALID']);
    }
  });

  it.each(['SYS_EVENT', 'CHANNEL_EVENT'] as const)('%s is none that a host may send', (name) => {
    expect(answer({}, Opcode[name], 0)).toEqual(['NAK INVALID']);
  });

  it.each(KNOWN.filter((opcode) => opcode <= LAST_OF_SYSTEM).map((opcode) => [opcodeName(opcode), opcode] as const))(
    '%s gets INVALID on another channel than 0',
    (_, opcode) => {
      for (const channel of [1, 5, 255]) expect(answer({}, opcode, channel)).toEqual(['NAK INVALID']);
    },
  );

  const onAChannel = [
    [Opcode.CHANNEL_LOCK, 'NAK BUSY'],
    [Opcode.CHANNEL_UNLOCK, 'NAK BUSY'],
    [Opcode.CHANNEL_SHAPE, 'NAK INVALID'],
    [Opcode.CHANNEL_SIZE, 'NAK INVALID'],
    [Opcode.CHANNEL_READ, 'NAK INVALID'],
    [Opcode.CHANNEL_WRITE, 'NAK INVALID'],
    [Opcode.CHANNEL_IOCTL, 'NAK INVALID'],
  ] as const;

  it.each(onAChannel.map(([opcode, reply]) => [opcodeName(opcode), opcode, reply] as const))(
    '%s on a channel that is not there, or the link itself, is refused',
    (_, opcode, reply) => {
      for (const channel of [0, 2, 31, 32, 255]) {
        expect(answer({}, opcode, channel, encodeReadRequest(0, 4))).toEqual([reply]);
      }
    },
  );

  it('answer with the opcode and the channel of the request', () => {
    const device = new Device({ ack: false });
    const host = link(device);
    host.send(command(0, 0x7e, 0x9d));
    expect(host.said()).toEqual(['0 0x7e@157 NAK INVALID']);
  });
});
