import { examine, findAcknowledgement, type ReceiveRules } from '../../../lib/device/stack/examine.js';
import { Inbox, INBOX_BYTES } from '../../../lib/device/stack/inbox.js';
import { ReceiveBuffer } from '../../../lib/device/stack/inbox.js';
import { StdoutRing } from '../../../lib/device/backends/stdout-ring.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { ack, bytes, command, hexOf, nak, SYNC } from '../support.js';

const rules: ReceiveRules = { crc: true, seq: true, maxPayload: 498, sequence: 0 };
const joined = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.concat(parts));

describe('what stands at the beginning of the receive buffer', () => {
  const packet = command(0, Opcode.CHANNEL_WRITE, 4, bytes('0102030405'));

  it.each(Array.from({ length: packet.length }, (_, length) => length))('is incomplete with %d bytes', (length) => {
    expect(examine(packet.subarray(0, length), rules)).toEqual({ kind: 'more' });
  });

  it('is a command when it is whole', () => {
    expect(examine(packet, rules)).toMatchObject({ kind: 'command', consumed: packet.length });
  });

  it.each(Array.from({ length: packet.length * 8 }, (_, bit) => bit))('is no command with bit %d flipped', (bit) => {
    const damaged = packet.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(examine(damaged, rules).kind).not.toBe('command');
  });

  it('may be a sync byte that is the last', () => {
    expect(examine(bytes('0000aa'), rules)).toEqual({ kind: 'skip', consumed: 2 });
    expect(examine(bytes('aa'), rules)).toEqual({ kind: 'more' });
  });
});

describe('the search for an acknowledgement', () => {
  const awaited = { opcode: Opcode.SYS_INFO, sequence: 3 };
  const search = (data: Uint8Array, from = 0) => findAcknowledgement(data, from, awaited, true);

  it('finds the first of ACK, NAK and SYNC', () => {
    expect(search(joined(bytes('00'), ack(3, Opcode.SYS_INFO), SYNC))).toEqual({ kind: 'ack', at: 1, next: 11 });
    expect(search(joined(nak(3, Opcode.SYS_INFO), ack(3, Opcode.SYS_INFO)))).toEqual({ kind: 'nak', at: 0, next: 10 });
    expect(search(joined(SYNC, ack(3, Opcode.SYS_INFO)))).toEqual({ kind: 'sync', at: 0, next: 10 });
  });

  it('goes on where an acknowledgement that is not whole yet may begin', () => {
    const answer = ack(3, Opcode.SYS_INFO);
    const { kind, next } = search(joined(new Uint8Array(20), answer.subarray(0, 9)));
    expect(kind).toBe('none');
    expect(search(joined(new Uint8Array(20), answer), next).kind).toBe('ack');
  });
});

describe('the buffers of a device', () => {
  it('take what there is room for, and keep its order', () => {
    const buffer = new ReceiveBuffer(4);
    expect(buffer.append(bytes('010203'))).toBe(3);
    buffer.consume(2);
    expect(buffer.append(bytes('04050607'))).toBe(3);
    expect(hexOf(buffer.bytes)).toBe('03040506');
  });

  it('hold a bounded number of bytes before the device, in their order', () => {
    const inbox = new Inbox();
    const buffer = new ReceiveBuffer(512);
    expect(inbox.push(Uint8Array.from({ length: INBOX_BYTES }, (_, at) => at))).toBe(INBOX_BYTES);
    expect(inbox.push(new Uint8Array(1))).toBe(0);
    inbox.moveTo(buffer);
    expect(inbox.push(new Uint8Array(600).fill(7))).toBe(512);
    let seen = 0;
    while (buffer.bytes.length > 0) {
      for (const byte of buffer.bytes) if (byte === (seen < INBOX_BYTES ? seen & 0xff : 7)) seen++;
      buffer.consume(buffer.bytes.length);
      inbox.moveTo(buffer);
    }
    expect(seen).toBe(INBOX_BYTES + 512);
  });

  it('are not changed by a chunk that is written to again, nor hold on to it', () => {
    const inbox = new Inbox();
    const chunk = bytes('0102');
    inbox.push(chunk);
    chunk.fill(9);
    const buffer = new ReceiveBuffer(4);
    inbox.moveTo(buffer);
    expect(hexOf(buffer.bytes)).toBe('0102');
  });

  it('take single bytes as they take chunks', () => {
    const inbox = new Inbox();
    const buffer = new ReceiveBuffer(3);
    let seen = '';
    for (let at = 0; at < 1000; at++) {
      inbox.push(Uint8Array.of(at));
      if (at % 7 > 3) inbox.moveTo(buffer);
      seen += hexOf(buffer.bytes);
      buffer.consume(buffer.bytes.length);
    }
    inbox.moveTo(buffer);
    while (buffer.bytes.length > 0) {
      seen += hexOf(buffer.bytes);
      buffer.consume(buffer.bytes.length);
      inbox.moveTo(buffer);
    }
    expect(seen).toBe(hexOf(Uint8Array.from({ length: 1000 }, (_, at) => at)));
  });

  it('leave what was handed out alone once they are detached', () => {
    const buffer = new ReceiveBuffer(4);
    buffer.append(bytes('01020304'));
    const view = buffer.bytes.subarray(0, 2);
    buffer.consume(2);
    buffer.detach();
    buffer.append(bytes('0506'));
    expect(hexOf(view)).toBe('0102');
    expect(hexOf(buffer.bytes)).toBe('03040506');
  });

  it('keep the tail of a string that is longer than the whole ring', () => {
    const ring = new StdoutRing(4);
    ring.push(bytes('01'));
    ring.push(bytes('020304050607'));
    expect(hexOf(ring.read(9))).toBe('04050607');
    expect(ring.size).toBe(0);
  });
});
