import { Device, type DeviceOptions } from '../../../lib/device/index.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { encodeReadRequest } from '../../../lib/wire/payloads/index.js';
import { Clock } from '../clock.js';
import { ack, command, link, SYNC } from '../support.js';

function camera(options: DeviceOptions) {
  const clock = new Clock();
  const device = new Device({ scheduler: clock, ...options });
  const channel = device.register('letters', { read: (_, size) => new Uint8Array(size) });
  return { clock, channel, host: link(device), device };
}

describe('a Device that is busy for a part of the time', () => {
  it('hears what came meanwhile at the end of it, all in one go', () => {
    const { clock, host } = camera({ busy: { ms: 30, everyMs: 100 } });
    clock.pass(70);
    host.send(command(0, Opcode.CHANNEL_UNLOCK, 1), command(1, Opcode.SYS_INFO));
    clock.pass(29);
    expect(host.said()).toEqual([]);
    clock.pass(1);
    expect(host.said()).toEqual(['0 CHANNEL_UNLOCK@1 NAK BUSY', '1 SYS_INFO@0 ACK_REQ 76B']);
  });

  it('hears what came at the end of each busy time, and not of the first alone', () => {
    const { clock, host } = camera({ busy: { ms: 30, everyMs: 100 } });
    for (let period = 0; period < 4; period++) {
      clock.pass(80);
      host.send(command(period, Opcode.CHANNEL_UNLOCK, 1));
      clock.pass(20);
      expect(host.said()).toEqual([`${period} CHANNEL_UNLOCK@1 NAK BUSY`]);
    }
  });

  it('stops in the middle of a reply', () => {
    const { clock, host } = camera({ busy: { ms: 30, everyMs: 100 }, bufferSize: 512 });
    clock.pass(60);
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 1000)));
    clock.pass(15);
    expect(host.said()).toHaveLength(1);
    host.send(ack(0, Opcode.CHANNEL_READ, 1));
    clock.pass(24);
    expect(host.said()).toEqual([]);
    clock.pass(1);
    expect(host.said()).toEqual(['1 CHANNEL_READ@1 ACK_REQ+FRAGMENT 498B']);
  });

  it('reads its port before it looks at its timer: a long pause costs one repeat, or none', () => {
    const { clock, host } = camera({ busy: { ms: 6000, everyMs: 10_000 } });
    clock.pass(3900);
    host.send(command(0, Opcode.SYS_INFO));
    clock.pass(5000);
    expect(host.said()).toEqual(['0 SYS_INFO@0 ACK_REQ 76B']);
    clock.pass(1100);
    expect(host.said()).toEqual(['0 SYS_INFO@0 RTX+ACK_REQ 76B']);
    clock.pass(3900);
    host.send(ack(0, Opcode.SYS_INFO), command(1, Opcode.SYS_INFO));
    clock.pass(200);
    host.send(ack(1, Opcode.SYS_INFO));
    clock.pass(6000);
    expect(host.said()).toEqual([
      '0 SYS_INFO@0 RTX+ACK_REQ 76B',
      '0 SYS_INFO@0 RTX+ACK_REQ 76B',
      '1 SYS_INFO@0 ACK_REQ 76B',
    ]);
  });

  it('tells its events when it is free again, in their order', () => {
    const { clock, host, channel } = camera({ busy: { ms: 30, everyMs: 100 } });
    clock.pass(80);
    const sent: number[] = [];
    for (const event of [1, 2]) channel.sendEvent(event).subscribe({ complete: () => sent.push(event) });
    expect(host.said()).toEqual([]);
    clock.pass(20);
    expect(host.said()).toEqual(['0 CHANNEL_EVENT@1 EVENT 0100', '0 CHANNEL_EVENT@1 EVENT 0200']);
    expect(sent).toEqual([1, 2]);
  });

  it('tells the events of before, too, when it reboots meanwhile', () => {
    const { clock, host, channel, device } = camera({ busy: { ms: 30, everyMs: 100 } });
    clock.pass(80);
    channel.sendEvent(1).subscribe();
    device.softReboot();
    expect(host.said()).toEqual(['0 CHANNEL_EVENT@1 EVENT 0100', '0 SYS_EVENT@0 EVENT 0200']);
  });

  it('leaves no timer behind when its host goes', () => {
    const { clock, host } = camera({ busy: { ms: 30, everyMs: 100 } });
    clock.pass(80);
    host.send(SYNC);
    host.subscription.unsubscribe();
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
  });

  it.each([
    { ms: -1, everyMs: 100 },
    { ms: 100, everyMs: 100 },
    { ms: NaN, everyMs: 100 },
    { ms: 1, everyMs: Infinity },
  ])('is not to be had with %o', (busy) => {
    expect(() => new Device({ busy })).toThrow(
      /^busy\.(ms must be less than busy\.everyMs|everyMs must be milliseconds above 0)/,
    );
  });
});
