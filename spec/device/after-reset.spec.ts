import { Device } from '../../lib/device/index.js';
import { crc32 } from '../../lib/wire/crc.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { decodeDeviceStatistics, encodeReadRequest } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { ack, command, link, nak, SYNC } from './support.js';

const letters = Uint8Array.from({ length: 1200 }, (_, index) => index & 0xff);
const read = (sequence: number) => command(sequence, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, letters.length));
const ackRead = (sequence: number) => ack(sequence, Opcode.CHANNEL_READ, 1);
const READ = 'CHANNEL_READ@1';

function camera(backend: 'read' | 'readp') {
  const clock = new Clock();
  const device = new Device({ scheduler: clock, bufferSize: 512 });
  device.register('letters', { [backend]: (offset: number, size: number) => letters.subarray(offset, offset + size) });
  return { clock, host: link(device) };
}

describe('a reply that is under way when the session is reset', () => {
  it('goes on from the new counter behind the answer to a SYNC, where a back-end is read packet by packet', () => {
    const { host } = camera('read');
    host.send(read(0), ackRead(0));
    expect(host.said()).toEqual([`0 ${READ} ACK_REQ+FRAGMENT 498B`, `1 ${READ} ACK_REQ+FRAGMENT 498B`]);
    host.send(SYNC);
    expect(host.said()).toEqual(['0 PROTO_SYNC@0 ACK', `0 ${READ} ACK_REQ 204B`]);
    host.send(ackRead(0), command(1, Opcode.SYS_INFO));
    expect(host.said()).toEqual(['1 SYS_INFO@0 ACK_REQ 76B']);
  });

  it('goes on when no packet of it was acknowledged', () => {
    const { clock, host } = camera('read');
    host.send(read(0), ackRead(0));
    clock.pass(7499);
    host.said();
    clock.pass(1);
    expect(host.said()).toEqual([`0 ${READ} ACK_REQ 204B`]);
  });

  it.each(['SYNC', 'timer'])('ends there, where it is a view that was asked for once: %s', (by) => {
    const { clock, host } = camera('readp');
    host.send(read(0), ackRead(0));
    host.said();
    if (by === 'SYNC') host.send(SYNC);
    else clock.pass(7500);
    expect(host.said().filter((words) => words.includes(READ) && !words.includes('RTX'))).toEqual([]);
    host.send(command(0, Opcode.SYS_INFO));
    expect(host.said()).toEqual(['0 SYS_INFO@0 ACK_REQ 76B']);
  });

  it('ends with a soft reboot, which takes the channel', () => {
    const device = new Device({ bufferSize: 512 });
    device.register('letters', { read: (offset, size) => letters.subarray(offset, offset + size) });
    const host = link(device);
    host.send(read(0), ackRead(0));
    host.said();
    device.softReboot();
    expect(host.said()).toEqual(['1 SYS_EVENT@0 EVENT 0200']);
  });
});

describe('a repeated PROTO_STATS', () => {
  it('counts its own repeat under the CRC of before', () => {
    const { clock, host } = camera('read');
    host.send(command(0, Opcode.PROTO_STATS));
    clock.pass(500);
    host.send(nak(0, Opcode.PROTO_STATS));
    const [first, second] = host.written;
    const crcOf = (packet: Uint8Array) => Buffer.from(packet).readUInt32LE(packet.length - 4);
    expect(decodeDeviceStatistics(first!.subarray(10, -4)).retransmits).toBe(0);
    expect(crcOf(first!)).toBe(crc32(first!.subarray(10, -4)));
    expect(decodeDeviceStatistics(second!.subarray(10, -4)).retransmits).toBe(1);
    expect(crcOf(second!)).toBe(crcOf(first!));
  });
});
