import { NEVER } from 'rxjs';
import { Device, type DeviceOptions } from '../../../lib/device/index.js';
import { encodePacket } from '../../../lib/wire/encoder.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { decodeDeviceStatistics, encodeReadRequest, type DeviceStatistics } from '../../../lib/wire/payloads/index.js';
import { Clock } from '../clock.js';
import { ack, bytes, command, link, nak, SYNC, type Link } from '../support.js';

function setup(options: DeviceOptions = {}): { device: Device; clock: Clock; host: Link } {
  const clock = new Clock();
  const device = new Device({ scheduler: clock, bufferSize: 512, ...options });
  return { device, clock, host: link(device) };
}

/** What the device has counted, by a new host, which itself adds a command and nothing else to it. */
function counted(device: Device): DeviceStatistics {
  const asking = link(device);
  asking.send(command(0, Opcode.PROTO_STATS));
  return decodeDeviceStatistics(asking.saidBytes().slice(10, -4));
}

const info = (sequence: number): Uint8Array<ArrayBuffer> => command(sequence, Opcode.SYS_INFO);
const unlock = (sequence: number): Uint8Array<ArrayBuffer> => command(sequence, Opcode.CHANNEL_UNLOCK);

describe('the statistics of a Device', () => {
  it('begin at 0, with the command that asks for them', () => {
    expect(counted(setup().device)).toEqual({
      sentPackets: 0,
      receivedPackets: 1,
      checksumErrors: 0,
      sequenceErrors: 0,
      retransmits: 0,
      transportErrors: 0,
      sentEvents: 0,
    });
  });

  it('count each fragment when it is done with, and neither repeats nor events', () => {
    const { device, clock, host } = setup();
    const channel = device.register('long', { readp: (_, size) => new Uint8Array(size) });
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 1000)));
    channel.sendEvent(1);
    clock.pass(500);
    host.send(ack(0, Opcode.CHANNEL_READ), ack(1, Opcode.CHANNEL_READ));
    expect(counted(device)).toMatchObject({ sentPackets: 2, receivedPackets: 2, retransmits: 1, sentEvents: 2 });
  });

  it('count a SYNC, its answer, refusals and unknown opcodes as packets', () => {
    const { device, host } = setup();
    host.send(SYNC, command(0, 0x7f), unlock(1));
    expect(counted(device)).toMatchObject({ sentPackets: 3, receivedPackets: 4 });
  });

  it('count as received what was executed, not what was refused before', () => {
    const { device, host } = setup();
    const damaged = command(1, Opcode.CHANNEL_WRITE, 1, bytes('00'));
    damaged[10]! ^= 1;
    const long = encodePacket({ sequence: 3, opcode: Opcode.CHANNEL_WRITE, payload: new Uint8Array(499) });
    host.send(unlock(9), damaged, command(2, Opcode.PROTO_STATS, 5), long.subarray(0, 10), ack(0, Opcode.SYS_INFO));
    expect(host.said().map((packet) => packet.split(' ').at(-1))).toEqual([
      'SEQUENCE',
      'CHECKSUM',
      'INVALID',
      'OVERFLOW',
    ]);
    expect(counted(device)).toMatchObject({
      sentPackets: 4,
      receivedPackets: 1,
      checksumErrors: 1,
      sequenceErrors: 1,
      transportErrors: 0,
    });
  });

  it('do not count a bad header, which may be no packet at all', () => {
    const { device, host } = setup();
    const damaged = unlock(0);
    damaged[3]! ^= 1;
    host.send(damaged, bytes('0011'));
    expect(counted(device)).toMatchObject({ receivedPackets: 1, checksumErrors: 0, sequenceErrors: 0 });
  });

  it('count the repeats of a packet that is given up, and not the packet', () => {
    const { device, clock, host } = setup();
    host.send(info(0));
    clock.pass(7500);
    expect(counted(device)).toMatchObject({ sentPackets: 0, retransmits: 3, receivedPackets: 2 });
  });

  it('count a repeat that a NAK asked for', () => {
    const { device, host } = setup();
    host.send(info(0), Uint8Array.from(Buffer.concat([nak(0, Opcode.SYS_INFO), ack(0, Opcode.SYS_INFO)])));
    expect(counted(device)).toMatchObject({ sentPackets: 1, retransmits: 1 });
  });

  it('count no event while events are off or nobody is there', () => {
    const { device } = setup({ events: false });
    const channel = device.register('it', {});
    channel.sendEvent(1);
    channel.sendEvent(1, true);
    expect(counted(device)).toMatchObject({ sentEvents: 0 });
  });

  it('count an event that waits for its acknowledgement once, however often it is repeated', () => {
    const { device, clock, host } = setup();
    const channel = device.register('it', {});
    channel.sendEvent(1, true);
    clock.pass(2000);
    host.send(ack(0, Opcode.CHANNEL_EVENT));
    expect(counted(device)).toMatchObject({ sentEvents: 2, retransmits: 2, sentPackets: 0 });
  });

  it('count what is lost on the way as transport errors: events to a host that does not read, input without end', () => {
    const { device } = setup();
    const deaf = link(device, () => NEVER);
    const channel = device.register('it', { size: () => NEVER });
    const events = 65_536 / 10;
    for (let at = 0; at < events + 9; at++) channel.sendEvent(0xffff);
    deaf.subscription.unsubscribe();
    const { sentEvents, transportErrors } = counted(device);
    expect(sentEvents).toBe(Math.ceil(events) + 10);
    expect(transportErrors).toBe(sentEvents - deaf.written.length);

    const busy = link(device);
    busy.send(command(0, Opcode.CHANNEL_SIZE, 1), ...Array.from({ length: 67 }, () => new Uint8Array(1000)));
    busy.subscription.unsubscribe();
    expect(counted(device).transportErrors).toBe(transportErrors + 2);
  });

  it('survive a SYNC, a soft reboot and the host', () => {
    const { device, host } = setup();
    host.send(unlock(0), SYNC, unlock(0));
    device.softReboot();
    expect(host.said()).toHaveLength(4);
    expect(counted(device)).toMatchObject({ sentPackets: 3, receivedPackets: 4, sentEvents: 1 });
  });
});
