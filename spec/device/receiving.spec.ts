import fc from 'fast-check';
import { EMPTY } from 'rxjs';
import { Device, type DeviceOptions } from '../../lib/device/index.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { encodeCapabilities, encodeWriteRequest } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { ack, bytes, command, link, SYNC, type Link } from './support.js';

const joined = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.concat(parts));

/** Without acknowledgements a reply ends a command, which is all these behaviours are about. */
function quiet(options: DeviceOptions = {}): { device: Device; host: Link } {
  const device = new Device({ ack: false, scheduler: new Clock(), ...options });
  return { device, host: link(device) };
}

const UNLOCK = 'CHANNEL_UNLOCK@0 NAK BUSY';
const unlock = (sequence: number): Uint8Array<ArrayBuffer> => command(sequence, Opcode.CHANNEL_UNLOCK);

describe('a Device that receives', () => {
  it('says nothing of its own accord', () => {
    const { host } = quiet();
    expect(host.said()).toEqual([]);
  });

  it('answers a command that comes byte by byte, when it is whole', () => {
    const { host } = quiet();
    const packet = command(0, Opcode.CHANNEL_SHAPE, 9, bytes('0102'));
    packet.forEach((byte, at) => {
      host.send(Uint8Array.of(byte));
      if (at < packet.length - 1) expect(host.written).toEqual([]);
    });
    expect(host.said()).toEqual(['0 CHANNEL_SHAPE@9 NAK INVALID']);
  });

  it('answers two commands that come in one chunk, one after the other', () => {
    const { host } = quiet();
    host.send(joined(unlock(0), unlock(1)));
    expect(host.said()).toEqual([`0 ${UNLOCK}`, `1 ${UNLOCK}`]);
  });

  it('looks over garbage, and over sync bytes that are none', () => {
    const { host } = quiet();
    host.send(joined(bytes('00aaaad5d5ffaa'), unlock(0)));
    expect(host.said()).toEqual([`0 ${UNLOCK}`]);
  });

  it('passes over a header with a bad CRC in silence', () => {
    const { host } = quiet();
    const damaged = unlock(0);
    damaged[3]! ^= 1;
    host.send(joined(damaged, unlock(0)));
    expect(host.said()).toEqual([`0 ${UNLOCK}`]);
  });

  it('refuses what is longer than the maximum at once, and scans its inside', () => {
    const { host } = quiet({ bufferSize: 512 });
    const long = encodePacket({ opcode: Opcode.CHANNEL_WRITE, channel: 4, payload: new Uint8Array(499) });
    long.set(unlock(1), 10);
    host.send(long.subarray(0, 20));
    expect(host.said()).toEqual(['0 CHANNEL_WRITE@4 NAK OVERFLOW', `1 ${UNLOCK}`]);
  });

  it('refuses a wrong sequence, and scans the inside of that packet', () => {
    const { host } = quiet();
    host.send(command(7, Opcode.CHANNEL_WRITE, 4, unlock(1)));
    expect(host.said()).toEqual(['0 CHANNEL_WRITE@4 NAK SEQUENCE', `1 ${UNLOCK}`]);
  });

  it('refuses a payload with a bad CRC, does not execute it, and goes on behind it', () => {
    const { device, host } = quiet();
    const written: Uint8Array[] = [];
    device.register('sink', { write: (_, data) => written.push(data) });
    host.said();
    const damaged = command(0, Opcode.CHANNEL_WRITE, 1, encodeWriteRequest(0, unlock(0)));
    damaged[damaged.length - 1]! ^= 1;
    host.send(joined(damaged, unlock(1)));
    expect(host.said()).toEqual(['0 CHANNEL_WRITE@1 NAK CHECKSUM', `1 ${UNLOCK}`]);
    expect(written).toEqual([]);
  });

  it('tells the host of a lost reply where the counter stands', () => {
    const { host } = quiet();
    host.send(unlock(0));
    host.said();
    host.send(unlock(0));
    expect(host.said()).toEqual(['1 CHANNEL_UNLOCK@0 NAK SEQUENCE']);
    host.send(unlock(2));
    expect(host.said()).toEqual([`2 ${UNLOCK}`]);
  });

  it('does not look at the sequence of a SYNC, an answer or an event opcode', () => {
    const { host } = quiet();
    host.send(ack(99, Opcode.CHANNEL_SIZE), command(99, Opcode.CHANNEL_EVENT), command(99, Opcode.PROTO_SYNC));
    expect(host.said()).toEqual(['0 CHANNEL_EVENT@0 NAK INVALID', '0 PROTO_SYNC@0 ACK']);
    host.send(unlock(0));
    expect(host.said()).toEqual([`0 ${UNLOCK}`]);
  });

  it('takes any sequence where that was agreed on', () => {
    const { host } = quiet({ seq: false });
    host.send(unlock(200), unlock(3));
    expect(host.said()).toEqual([`0 ${UNLOCK}`, `1 ${UNLOCK}`]);
  });

  it('takes any CRC where that was agreed on, and fills none', () => {
    const { host } = quiet({ crc: false });
    const packet = command(0, Opcode.PROTO_GET_CAPS);
    packet.fill(0, 8);
    host.send(packet);
    const answer = host.saidBytes();
    expect(answer).toHaveLength(10 + 16 + 4);
    expect(answer.subarray(8, 10)).toEqual(bytes('0000'));
  });

  it('counts from 255 to 0', () => {
    const { host } = quiet();
    for (let sequence = 0; sequence < 256; sequence++) host.send(unlock(sequence));
    host.said();
    host.send(unlock(0));
    expect(host.said()).toEqual([`0 ${UNLOCK}`]);
  });

  it.each([
    ['an unknown opcode', command(0, 0x7f)],
    ['a command of the protocol on another channel', command(0, Opcode.PROTO_STATS, 5)],
    ['a read without a request', command(0, Opcode.CHANNEL_READ, 1)],
    ['a write without a request', command(0, Opcode.CHANNEL_WRITE, 1)],
    ['an ioctl without a request', command(0, Opcode.CHANNEL_IOCTL, 1)],
    ['capabilities of another size', command(0, Opcode.PROTO_SET_CAPS, 0, bytes('0f000000f20f'))],
  ])('answers %s with INVALID', (_, packet) => {
    const { device, host } = quiet({ events: false });
    device.register('all', { read: () => bytes(''), write: () => 1, ioctl: () => 0 });
    host.send(packet);
    expect(host.said()).toEqual([expect.stringMatching(/^0 .* NAK INVALID$/)]);
  });

  it('acknowledges new capabilities by the old ones, and goes by them from then on', () => {
    const { host } = quiet();
    const caps = { crc: false, seq: true, ack: true, events: true, maxPayload: 50 };
    host.send(command(0, Opcode.PROTO_SET_CAPS, 0, encodeCapabilities(caps)));
    expect(host.saidBytes()).toEqual(ack(0, Opcode.PROTO_SET_CAPS));
    host.send(command(1, Opcode.SYS_INFO));
    expect(host.said()).toEqual(['1 SYS_INFO@0 ACK_REQ+FRAGMENT 50B']);
  });

  it.each([49, 499])('refuses a maximum of %d, outside 50 and the buffer', (maxPayload) => {
    const { host } = quiet({ bufferSize: 512 });
    const caps = { crc: true, seq: true, ack: true, events: true, maxPayload };
    host.send(command(0, Opcode.PROTO_SET_CAPS, 0, encodeCapabilities(caps)));
    expect(host.said()).toEqual(['0 PROTO_SET_CAPS@0 NAK INVALID']);
  });

  describe('a part of a packet', () => {
    const torn = command(0, Opcode.CHANNEL_WRITE, 4, new Uint8Array(100)).subarray(0, 60);

    it('waits for the rest, whatever else comes', () => {
      const { host } = quiet();
      host.send(torn, unlock(0), unlock(0));
      expect(host.said()).toEqual([]);
    });

    it('gives way to a SYNC, which clears the buffer', () => {
      const { host } = quiet();
      host.send(torn, joined(SYNC, unlock(0)));
      expect(host.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
      host.send(unlock(0));
      expect(host.said()).toEqual([`0 ${UNLOCK}`]);
    });

    it.each(Array.from({ length: 103 }, (_, at) => at + 1))(
      'gives way to a SYNC behind %d of its 114 bytes',
      (count) => {
        const { host } = quiet();
        const whole = command(0, Opcode.CHANNEL_WRITE, 4, new Uint8Array(100));
        host.send(whole.subarray(0, count), SYNC);
        expect(host.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
        host.send(unlock(0));
        expect(host.said()).toEqual([`0 ${UNLOCK}`]);
      },
    );

    it('gives way to a SYNC that comes byte by byte', () => {
      const { host } = quiet();
      host.send(torn, ...Array.from(SYNC, (byte) => Uint8Array.of(byte)));
      expect(host.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
    });
  });

  it('takes a SYNC in its turn without losing what follows in another chunk', () => {
    const { host } = quiet();
    host.send(unlock(0), SYNC, unlock(0));
    expect(host.said()).toEqual([`0 ${UNLOCK}`, '0 PROTO_SYNC@0 ACK', `0 ${UNLOCK}`]);
  });

  it('works off a chunk that is larger than its buffer', () => {
    const { host } = quiet({ bufferSize: 512 });
    host.send(joined(...Array.from({ length: 200 }, (_, sequence) => unlock(sequence))));
    expect(host.said()).toHaveLength(200);
  });

  it('is not confused by a host that answers inside the write', () => {
    const device = new Device({ ack: false });
    let sequence = 0;
    const host: Link = link(device, () => {
      if (sequence < 200) host.send(unlock(++sequence));
      return EMPTY;
    });
    host.send(unlock(0));
    expect(host.said()).toEqual(Array.from({ length: 201 }, (_, at) => `${at} ${UNLOCK}`));
  });

  it('answers the same, however its bytes are cut', () => {
    const stream = joined(unlock(0), bytes('aad5aa'), unlock(9), unlock(2), command(3, Opcode.SYS_INFO), unlock(4));
    const whole = quiet().host;
    whole.send(stream);
    const expected = whole.said();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (cuts) => {
        const { host } = quiet();
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = cuts[turn % cuts.length]!;
          host.send(stream.subarray(at, at + size));
          at += size;
        }
        expect(host.said()).toEqual(expected);
      }),
    );
  });

  it('comes back to a SYNC after whatever bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (noise) => {
        const { host } = quiet({ bufferSize: 512 });
        host.send(...noise, SYNC);
        expect(host.said().at(-1)).toBe('0 PROTO_SYNC@0 ACK');
        host.send(unlock(0));
        expect(host.said()).toEqual([`0 ${UNLOCK}`]);
      }),
    );
  });
});
