import { NEVER, Subject, type Observable } from 'rxjs';
import { Device, type DeviceOptions } from '../../lib/device/index.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { encodeCapabilities, encodeReadRequest, NOTIFY } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { ack, command, link, nak, SYNC } from './support.js';

function setup(options: DeviceOptions = {}) {
  const clock = new Clock();
  const device = new Device({ scheduler: clock, ...options });
  const channel = device.register('it', { readp: (_, size) => new Uint8Array(size) });
  const host = link(device);
  return { clock, device, channel, host };
}

/** How it ended so far. */
function outcome(sent: Observable<void>): { readonly is: string } {
  const seen = { is: 'pending' };
  sent.subscribe({
    complete: () => (seen.is = 'complete'),
    error: (error: { code: string }) => (seen.is = error.code),
  });
  return seen;
}

describe('an event of a Device', () => {
  it('is sent at once, carries the counter and moves nothing', () => {
    const { channel, host } = setup();
    host.send(command(0, Opcode.CHANNEL_UNLOCK));
    host.said();
    expect(outcome(channel.sendEvent(0x1234)).is).toBe('complete');
    channel.sendEvent(NOTIFY);
    expect(host.said()).toEqual(['1 CHANNEL_EVENT@1 EVENT 3412', '1 CHANNEL_EVENT@1 EVENT']);
    host.send(command(1, Opcode.CHANNEL_UNLOCK));
    expect(host.said()).toEqual(['1 CHANNEL_UNLOCK@0 NAK BUSY']);
  });

  it.each([
    [0x12345, '4523'],
    [0x10000, '0000'],
    [-2, 'feff'],
    [-1, ''],
    [2 ** 40 + 5, '0500'],
  ])('is cut to 16 bits, as the firmware cuts it: %d', (event, payload) => {
    const { channel, host } = setup();
    expect(outcome(channel.sendEvent(event)).is).toBe('complete');
    expect(host.said()).toEqual([`0 CHANNEL_EVENT@1 EVENT ${payload}`.trim()]);
  });

  it('is sent once, however many subscribe', () => {
    const { channel, host } = setup();
    const sent = channel.sendEvent(1);
    outcome(sent);
    outcome(sent);
    expect(host.said()).toHaveLength(1);
  });

  it('comes between two fragments', () => {
    const { channel, host } = setup({ bufferSize: 512 });
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 500)));
    channel.sendEvent(1);
    host.send(ack(0, Opcode.CHANNEL_READ, 1));
    expect(host.said()).toEqual([
      '0 CHANNEL_READ@1 ACK_REQ+FRAGMENT 498B',
      '0 CHANNEL_EVENT@1 EVENT 0100',
      '1 CHANNEL_READ@1 ACK_REQ 0000',
    ]);
  });

  it('tells of a channel that is registered while a host is there', () => {
    const { device, host } = setup();
    expect(host.said()).toEqual([]);
    device.register('another', {});
    device.register('of the firmware', {}, 0);
    expect(host.said()).toEqual(['0 SYS_EVENT@0 EVENT 0000']);
  });

  it('fails when nobody is there', () => {
    const { channel, host } = setup();
    host.subscription.unsubscribe();
    expect(outcome(channel.sendEvent(1)).is).toBe('NO_HOST');
    expect(host.said()).toEqual([]);
  });

  it('fails while events are off, and works again after a SYNC that finds them on', () => {
    const { device, channel, host } = setup();
    const off = encodeCapabilities({ crc: true, seq: true, ack: true, events: false, maxPayload: 4082 });
    host.send(command(0, Opcode.PROTO_SET_CAPS, 0, off));
    host.said();
    expect([outcome(channel.sendEvent(1)).is, outcome(channel.sendEvent(1, true)).is]).toEqual(['NO_HOST', 'NO_HOST']);
    device.register('another', {});
    expect(host.said()).toEqual([]);
    host.send(SYNC);
    expect(outcome(channel.sendEvent(1)).is).toBe('complete');
    expect(host.said()).toEqual(['0 PROTO_SYNC@0 ACK', '0 CHANNEL_EVENT@1 EVENT 0100']);
  });

  it('fails from the beginning of a device whose events are off', () => {
    const { channel } = setup({ events: false });
    expect(outcome(channel.sendEvent(1)).is).toBe('NO_HOST');
  });

  it('is not even sent of a soft reboot while events are off, which then turns them on', () => {
    const { device, host } = setup();
    const kept = device.register('of the firmware', {}, 0);
    const off = encodeCapabilities({ crc: true, seq: true, ack: true, events: false, maxPayload: 4082 });
    host.send(command(0, Opcode.PROTO_SET_CAPS, 0, off));
    host.said();
    device.softReboot();
    expect(host.said()).toEqual([]);
    kept.sendEvent(NOTIFY);
    expect(host.said()).toEqual(['0 CHANNEL_EVENT@2 EVENT']);
  });

  it('fails when its channel is gone', () => {
    const { channel, host } = setup();
    channel.unregister();
    expect(outcome(channel.sendEvent(1)).is).toBe('NO_HOST');
    expect(host.said()).toEqual([]);
  });

  describe('that waits for its acknowledgement', () => {
    it('completes with it, and lets no command be executed before', () => {
      const { channel, host } = setup();
      const sent = outcome(channel.sendEvent(5, true));
      host.send(command(0, Opcode.CHANNEL_UNLOCK));
      expect(host.said()).toEqual(['0 CHANNEL_EVENT@1 ACK_REQ+EVENT 0500']);
      expect(sent.is).toBe('pending');
      host.send(ack(0, Opcode.CHANNEL_EVENT, 1));
      expect(sent.is).toBe('complete');
      expect(host.said()).toEqual(['0 CHANNEL_UNLOCK@0 NAK BUSY']);
    });

    it('waits for the end of a command that is being executed', () => {
      const { channel, host } = setup();
      host.send(command(0, Opcode.SYS_INFO));
      host.said();
      const sent = outcome(channel.sendEvent(5, true));
      expect(host.said()).toEqual([]);
      host.send(ack(0, Opcode.SYS_INFO));
      expect(host.said()).toEqual(['1 CHANNEL_EVENT@1 ACK_REQ+EVENT 0500']);
      host.send(ack(1, Opcode.CHANNEL_EVENT, 1));
      expect(sent.is).toBe('complete');
    });

    it('is repeated, and fails when the session is reset', () => {
      const { channel, host, clock } = setup();
      const sent = outcome(channel.sendEvent(5, true));
      clock.pass(7500);
      expect(host.said()).toHaveLength(4);
      expect(sent.is).toBe('TIMEOUT');
    });

    it.each([
      ['a SYNC', SYNC],
      ['a bare NAK', nak(0, Opcode.CHANNEL_EVENT, 1)],
    ])('fails on %s', (_, packet) => {
      const { channel, host } = setup();
      const sent = outcome(channel.sendEvent(5, true));
      host.send(packet);
      expect(sent.is).toBe('TIMEOUT');
    });

    it('asks for none while acknowledgements are off', () => {
      const { channel, host } = setup({ ack: false });
      expect(outcome(channel.sendEvent(5, true)).is).toBe('complete');
      expect(host.said()).toEqual(['0 CHANNEL_EVENT@1 EVENT 0500']);
    });

    it('fails when the connection ends, and when too many wait', () => {
      const { channel, host } = setup();
      const sent = Array.from({ length: 34 }, (_, event) => outcome(channel.sendEvent(event, true)));
      expect(sent.filter(({ is }) => is === 'pending')).toHaveLength(33);
      expect(sent.at(-1)!.is).toBe('QUEUE_FULL');
      host.subscription.unsubscribe();
      expect(sent.filter(({ is }) => is === 'pending')).toHaveLength(0);
    });
  });
});

describe('the session of a Device', () => {
  it('ends with its connection, and the next begins anew', () => {
    const { device, host } = setup();
    host.send(command(0, Opcode.CHANNEL_UNLOCK));
    const next = link(device);
    expect(host.subscription.closed).toBe(true);
    host.said();
    host.send(command(1, Opcode.CHANNEL_UNLOCK));
    expect(host.said()).toEqual([]);
    next.send(command(0, Opcode.CHANNEL_UNLOCK));
    expect(next.said()).toEqual(['0 CHANNEL_UNLOCK@0 NAK BUSY']);
  });

  it.each(['complete', 'error'] as const)('ends when its bytes %s', (end) => {
    const { device, channel } = setup();
    const bytes$ = new Subject<Uint8Array>();
    const subscription = device.attach({ bytes$, write: () => NEVER });
    bytes$[end](undefined);
    expect(subscription.closed).toBe(true);
    expect(outcome(channel.sendEvent(1)).is).toBe('NO_HOST');
  });

  it('ends when a write is lost', () => {
    const { device } = setup();
    const lost = new Subject<never>();
    const host = link(device, () => lost);
    host.send(SYNC);
    lost.error(new Error('lost'));
    expect(host.subscription.closed).toBe(true);
  });

  it.each([
    ['SYS_RESET', 'firmware'],
    ['SYS_BOOT', 'bootloader'],
  ] as const)('ends without an answer on %s', (opcode, into) => {
    const { device, host, clock } = setup();
    const restarts: string[] = [];
    device.restarts$.subscribe((value) => restarts.push(value));
    host.send(command(0, Opcode[opcode]));
    expect(host.said()).toEqual([]);
    expect(restarts).toEqual([into]);
    expect(host.subscription.closed).toBe(true);
    expect(clock.actions).toHaveLength(0);
  });

  it('leaves no timer behind', () => {
    const { host, clock } = setup();
    host.send(command(0, Opcode.SYS_INFO));
    expect(clock.actions).toHaveLength(1);
    host.subscription.unsubscribe();
    expect(clock.actions).toHaveLength(0);
  });

  it('is wiped by a soft reboot, which the host is told of', () => {
    const { device, host, clock } = setup();
    device.register('of the firmware', {}, 0);
    host.send(command(0, Opcode.SYS_INFO), ack(0, Opcode.SYS_INFO), command(1, Opcode.SYS_INFO));
    host.said();
    device.softReboot();
    expect(host.said()).toEqual(['1 SYS_EVENT@0 EVENT 0200']);
    clock.pass(10_000);
    host.send(command(0, Opcode.CHANNEL_LIST));
    expect(host.said()).toEqual(['0 CHANNEL_LIST@0 ACK_REQ 32B']);
  });

  it('may be rebooted by a back-end in the middle of a command', () => {
    const { device, host } = setup();
    device.register('stop', { ioctl: () => device.softReboot() });
    host.said();
    host.send(command(0, Opcode.CHANNEL_IOCTL, 2, new Uint8Array(4)), command(0, Opcode.CHANNEL_UNLOCK));
    expect(host.said()).toEqual(['0 SYS_EVENT@0 EVENT 0200', '0 CHANNEL_UNLOCK@0 NAK BUSY']);
  });

  it('holds no more than a bounded output for a host that does not read', () => {
    const { device } = setup();
    const channel = device.register('talkative', { readp: (_, size) => new Uint8Array(size) });
    const host = link(device, () => NEVER);
    let failed = 0;
    for (let i = 0; i < 100_000; i++) if (outcome(channel.sendEvent(1)).is === 'NO_HOST') failed++;
    expect(host.written.length * 16).toBeLessThanOrEqual(65_536 + 16);
    expect(failed).toBe(100_000 - host.written.length);
  });

  it('waits with the rest of its answer for a host that does not read, and goes on when it does', () => {
    const { device } = setup({ ack: false });
    const taken: Subject<never>[] = [];
    const host = link(device, () => {
      const done = new Subject<never>();
      taken.push(done);
      return done;
    });
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 1_000_000)));
    expect(host.written).toHaveLength(16);
    while (taken.length > 0) taken.shift()!.complete();
    expect(host.written).toHaveLength(Math.ceil(1_000_000 / 4082));
  });

  it('drops what a host sends without end while it is busy, and counts that', () => {
    const { device } = setup();
    device.register('stuck', { size: () => NEVER });
    const host = link(device);
    host.send(command(0, Opcode.CHANNEL_SIZE, 2));
    for (let i = 0; i < 1000; i++) host.send(new Uint8Array(1000));
    expect(host.said()).toEqual([]);
  });
});
