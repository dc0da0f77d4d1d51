import { Device, type DeviceOptions } from '../../lib/device/index.js';
import { encodePacket } from '../../lib/wire/encoder.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { encodeReadRequest } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { ack, command, link, nak, SYNC, type Link } from './support.js';

const joined = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.concat(parts));

function device(options: DeviceOptions = {}): { device: Device; host: Link; clock: Clock } {
  const clock = new Clock();
  const made = new Device({ scheduler: clock, bufferSize: 512, ...options });
  return { device: made, host: link(made), clock };
}

const INFO = 'SYS_INFO@0 ACK_REQ 76B';
const RTX = 'SYS_INFO@0 RTX+ACK_REQ 76B';
const info = (sequence: number): Uint8Array<ArrayBuffer> => command(sequence, Opcode.SYS_INFO);
const ackInfo = (sequence: number): Uint8Array<ArrayBuffer> => ack(sequence, Opcode.SYS_INFO);
const nakInfo = (sequence: number): Uint8Array<ArrayBuffer> => nak(sequence, Opcode.SYS_INFO);

describe('a Device that waits for an acknowledgement', () => {
  it('executes nothing until it has come', () => {
    const { host, clock } = device();
    host.send(info(0), info(1));
    expect(host.said()).toEqual([`0 ${INFO}`]);
    host.send(ackInfo(0));
    expect(host.said()).toEqual([`1 ${INFO}`]);
    host.send(ackInfo(1));
    clock.pass(10_000);
    expect(host.said()).toEqual([]);
  });

  it('repeats after 500, 1000 and 2000 ms, and resets itself 4000 ms later', () => {
    const { host, clock } = device();
    const times: [number, string[]][] = [];
    host.send(info(0));
    for (let ms = 0; ms <= 10_000; ms += 100) {
      const said = host.said();
      if (said.length > 0) times.push([ms, said]);
      clock.pass(100);
    }
    expect(times).toEqual([
      [0, [`0 ${INFO}`]],
      [500, [`0 ${RTX}`]],
      [1500, [`0 ${RTX}`]],
      [3500, [`0 ${RTX}`]],
    ]);
    host.send(info(0));
    expect(host.said()).toEqual([`0 ${INFO}`]);
  });

  it('has everything back at its beginning after it has reset itself', () => {
    const { device: camera, host, clock } = device({ crc: true });
    let locked = true;
    camera.register('locked', { lock: () => true, unlock: () => !(locked = false) });
    host.said();
    host.send(SYNC);
    locked = true;
    host.send(command(0, Opcode.CHANNEL_UNLOCK, 0), info(1));
    clock.pass(7499);
    host.send(info(2));
    host.said();
    expect(locked).toBe(true);
    clock.pass(1);
    expect(locked).toBe(false);
    expect(host.said()).toEqual([]);
    host.send(info(0));
    expect(host.said()).toEqual([`0 ${INFO}`]);
  });

  it('is content with an acknowledgement of a repeat, and waits 500 ms again for the next packet', () => {
    const { host, clock } = device();
    host.send(info(0));
    clock.pass(1600);
    host.send(ackInfo(0), info(1));
    expect(host.said()).toEqual([`0 ${INFO}`, `0 ${RTX}`, `0 ${RTX}`, `1 ${INFO}`]);
    clock.pass(500);
    expect(host.said()).toEqual([`1 ${RTX}`]);
  });

  it('goes by the configured number and time of repeats', () => {
    const { host, clock } = device({ retransmitRetries: 1, retransmitTimeoutMs: 100 });
    host.send(info(0));
    clock.pass(300);
    expect(host.said()).toEqual([`0 ${INFO}`, `0 ${RTX}`]);
    host.send(info(0));
    expect(host.said()).toEqual([`0 ${INFO}`]);
  });

  it('repeats without RTX while CRCs are off', () => {
    const { host, clock } = device({ crc: false });
    host.send(info(0));
    clock.pass(500);
    expect(host.said()).toEqual([`0 ${INFO}`, `0 ${INFO}`]);
  });

  it('looks at opcode and sequence of an acknowledgement, and not at its channel', () => {
    const { host } = device();
    host.send(info(0), info(1));
    host.send(ackInfo(1), ack(0, Opcode.CHANNEL_SIZE));
    expect(host.said()).toEqual([`0 ${INFO}`]);
    host.send(ack(0, Opcode.SYS_INFO, 17));
    expect(host.said().slice(0, 1)).toEqual([`1 ${INFO}`]);
  });

  it('ignores an acknowledgement with a bad header', () => {
    const { host } = device();
    const damaged = ackInfo(0);
    damaged[8]! ^= 1;
    host.send(info(0), damaged, info(1));
    expect(host.said()).toEqual([`0 ${INFO}`]);
  });

  it('finds an acknowledgement behind the next command, and executes that afterwards', () => {
    const { host } = device();
    host.send(info(0), joined(info(1), ackInfo(0)));
    expect(host.said()).toEqual([`0 ${INFO}`, `1 ${INFO}`]);
    host.send(joined(ackInfo(1), info(2)));
    expect(host.said()).toEqual([`2 ${INFO}`]);
  });

  it('finds an acknowledgement that comes byte by byte', () => {
    const { host } = device();
    host.send(info(0), ...Array.from(joined(ackInfo(0), info(1)), (byte) => Uint8Array.of(byte)));
    expect(host.said()).toEqual([`0 ${INFO}`, `1 ${INFO}`]);
  });

  it('consumes ten bytes of an acknowledgement, whatever it announces', () => {
    const { host } = device();
    const announcing = encodePacket({ sequence: 0, opcode: Opcode.SYS_INFO, flags: 1, payload: info(1) });
    host.send(info(0), announcing);
    expect(host.said()).toEqual([`0 ${INFO}`, `1 ${INFO}`]);
    host.send(ackInfo(1), info(2));
    expect(host.said()).toEqual([`2 ${INFO}`]);
  });

  it('does not look at the payload of an acknowledgement, which may not have come', () => {
    const { host } = device();
    const announcing = encodePacket({ sequence: 0, opcode: Opcode.SYS_INFO, flags: 1, payload: new Uint8Array(2) });
    host.send(info(0), announcing.subarray(0, 10), info(1));
    expect(host.said()).toEqual([`0 ${INFO}`, `1 ${INFO}`]);
  });

  it('takes an acknowledgement that is longer than any packet may be', () => {
    const { host } = device();
    const announcing = encodePacket({ sequence: 0, opcode: Opcode.SYS_INFO, flags: 1, payload: new Uint8Array(600) });
    host.send(info(0), announcing.subarray(0, 10), info(1));
    expect(host.said()).toEqual([`0 ${INFO}`, `1 ${INFO}`]);
  });

  it('takes an acknowledgement without CRC where that was agreed on', () => {
    const { host } = device({ crc: false });
    const plain = ackInfo(0).fill(0, 8);
    host.send(info(0), plain, info(1));
    expect(host.said()).toEqual([`0 ${INFO}`, `1 ${INFO}`]);
  });

  it('is content with flags that no acknowledgement should have beside its own', () => {
    const { host } = device();
    host.send(info(0), encodePacket({ sequence: 0, opcode: Opcode.SYS_INFO, flags: 0x01 | 0x04 | 0xc0 }), info(1));
    expect(host.said()).toEqual([`0 ${INFO}`, `1 ${INFO}`]);
  });

  it('takes what is flagged ACK and NAK for an ACK', () => {
    const { host } = device();
    host.send(info(0), encodePacket({ sequence: 0, opcode: Opcode.SYS_INFO, flags: 3 }), info(1));
    expect(host.said()).toEqual([`0 ${INFO}`, `1 ${INFO}`]);
  });

  it('executes commands that were sent ahead with the sequences they will have', () => {
    const { host } = device();
    host.send(joined(info(0), info(1), command(2, Opcode.CHANNEL_UNLOCK)));
    expect(host.said()).toEqual([`0 ${INFO}`]);
    host.send(ackInfo(0), ackInfo(1));
    expect(host.said()).toEqual([`1 ${INFO}`, '2 CHANNEL_UNLOCK@0 NAK BUSY']);
  });

  it('gives the wait up for a SYNC, and the rest of the answer too', () => {
    const { device: camera, host, clock } = device();
    camera.register('long', { readp: (_, size) => new Uint8Array(size) });
    host.said();
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 2000)));
    host.send(SYNC);
    expect(host.said()).toEqual(['0 CHANNEL_READ@1 ACK_REQ+FRAGMENT 498B', '0 PROTO_SYNC@0 ACK']);
    clock.pass(10_000);
    expect(host.said()).toEqual([]);
    host.send(info(0));
    expect(host.said()).toEqual([`0 ${INFO}`]);
  });

  it('finds a SYNC behind the bytes of another command', () => {
    const { host } = device();
    host.send(info(0), joined(info(1), SYNC));
    expect(host.said()).toEqual([`0 ${INFO}`, '0 PROTO_SYNC@0 ACK']);
  });

  it('can hear nothing more when its buffer is full, until it has reset itself', () => {
    const { host, clock } = device();
    host.send(info(0), new Uint8Array(512), ackInfo(0));
    host.said();
    clock.pass(7500);
    expect(host.said()).toEqual([`0 ${RTX}`, `0 ${RTX}`, `0 ${RTX}`]);
    host.send(info(0));
    expect(host.said()).toEqual([`0 ${INFO}`]);
  });
});

describe('a NAK to a Device that waits (PROTOCOL 5a)', () => {
  it('alone is a trap: all repeats are burnt at once, and the session is reset', () => {
    const { host, clock } = device();
    host.send(info(0), ackInfo(0), info(1), nakInfo(1));
    expect(host.said()).toEqual([`0 ${INFO}`, `1 ${INFO}`, `1 ${RTX}`, `1 ${RTX}`, `1 ${RTX}`]);
    host.send(info(0));
    expect(host.said()).toEqual([`0 ${INFO}`]);
    host.send(ackInfo(0));
    clock.pass(10_000);
    expect(host.said()).toEqual([]);
  });

  it('followed by an ACK in one write brings exactly one repeat', () => {
    const { host } = device();
    host.send(info(0), joined(nakInfo(0), ackInfo(0)), info(1));
    expect(host.said()).toEqual([`0 ${INFO}`, `0 ${RTX}`, `1 ${INFO}`]);
  });

  it.each([
    ['a command', info(1)],
    ['an ACK of an earlier packet', ackInfo(255)],
  ])('is not consumed behind %s: it burns all repeats and resets the session', (_, inFront) => {
    const { host } = device();
    host.send(info(0), joined(inFront, nakInfo(0), ackInfo(0)));
    expect(host.said()).toEqual([`0 ${INFO}`, `0 ${RTX}`, `0 ${RTX}`, `0 ${RTX}`]);
    host.send(info(0));
    expect(host.said()).toEqual([`0 ${INFO}`]);
  });

  it('is escaped by an ACK that arrives while the repeats are burnt', () => {
    const clock = new Clock();
    const camera = new Device({ scheduler: clock });
    const host: Link = link(camera, () => {
      if (host.written.length === 3) host.send(ackInfo(0));
      return new Device().errors$ as never;
    });
    host.send(info(0), nakInfo(0), info(1));
    expect(host.said()).toEqual([`0 ${INFO}`, `0 ${RTX}`, `0 ${RTX}`, `1 ${INFO}`]);
  });

  it('with its ACK pokes a device that waits for neither: nothing happens', () => {
    const { host } = device();
    host.send(joined(nakInfo(0), ackInfo(0)), info(0));
    expect(host.said()).toEqual([`0 ${INFO}`]);
  });

  it('with its ACK before a slow answer makes that answer come twice', () => {
    const { device: camera, host } = device();
    let answer: (size: number) => void = () => undefined;
    camera.register('slow', { size: () => new Promise<number>((resolve) => (answer = resolve)) });
    host.said();
    host.send(command(0, Opcode.CHANNEL_SIZE, 1));
    host.send(joined(nak(0, Opcode.CHANNEL_SIZE, 1), ack(0, Opcode.CHANNEL_SIZE, 1)));
    expect(host.said()).toEqual([]);
    answer(5);
    return Promise.resolve().then(() => {
      expect(host.said()).toEqual(['0 CHANNEL_SIZE@1 ACK_REQ 05000000', '0 CHANNEL_SIZE@1 RTX+ACK_REQ 05000000']);
    });
  });
});

describe('a Device whose data need no acknowledgement', () => {
  it('sends all fragments back to back', () => {
    const { device: camera, host } = device({ ack: false });
    camera.register('long', { readp: (_, size) => new Uint8Array(size) });
    host.said();
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 1000)));
    expect(host.said()).toEqual([
      '0 CHANNEL_READ@1 FRAGMENT 498B',
      '1 CHANNEL_READ@1 FRAGMENT 498B',
      '2 CHANNEL_READ@1 00000000',
    ]);
  });
});
