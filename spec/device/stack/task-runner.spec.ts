import { EMPTY, map, NEVER, Observable, of, Subject } from 'rxjs';
import { Device, type Backend, type DeviceChannel, type DeviceError } from '../../../lib/device/index.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import { encodeReadRequest, encodeWriteRequest } from '../../../lib/wire/payloads/index.js';
import { Clock } from '../clock.js';
import { ack, bytes, command, hexOf, link, SYNC, type Link } from '../support.js';

interface Setup {
  readonly device: Device;
  readonly channel: DeviceChannel;
  readonly host: Link;
  readonly clock: Clock;
  readonly errors: DeviceError[];
}

function setup(backend: Backend): Setup {
  const clock = new Clock();
  const device = new Device({ scheduler: clock, bufferSize: 512 });
  const errors: DeviceError[] = [];
  device.errors$.subscribe((error) => errors.push(error));
  const channel = device.register('it', backend);
  return { device, channel, host: link(device), clock, errors };
}

/** A Promise that ends when it is told so. */
interface Promised<T> {
  readonly promise: Promise<T>;
  readonly settle: (value: T) => Promise<void>;
  readonly fail: () => Promise<void>;
}

function promised<T>(): Promised<T> {
  let [resolve, reject]: [(value: T) => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<T>((done, failed) => ([resolve, reject] = [done, failed]));
  const seen = () => new Promise<void>((done) => setImmediate(done));
  return {
    promise,
    settle: (value) => {
      resolve(value);
      return seen();
    },
    fail: () => {
      reject(new Error('broken'));
      return seen();
    },
  };
}

const size = (sequence: number): Uint8Array<ArrayBuffer> => command(sequence, Opcode.CHANNEL_SIZE, 1);
const unlock = (sequence: number): Uint8Array<ArrayBuffer> => command(sequence, Opcode.CHANNEL_UNLOCK, 0);
const write = (sequence: number, data: Uint8Array): Uint8Array<ArrayBuffer> =>
  command(sequence, Opcode.CHANNEL_WRITE, 1, encodeWriteRequest(0, data));
const ackEvent = (sequence: number): Uint8Array<ArrayBuffer> => ack(sequence, Opcode.CHANNEL_EVENT, 1);
const UNLOCK = 'CHANNEL_UNLOCK@0 NAK BUSY';

describe('a back-end that waits for the acknowledgement of its own event', () => {
  it('gets it, and its command is answered then', () => {
    const { device, host } = setup({});
    const it: DeviceChannel = device.register('teller', {
      write: (_, data) => it.sendEvent(5, true).pipe(map(() => data.length)),
    });
    host.said();
    host.send(command(0, Opcode.CHANNEL_WRITE, 2, encodeWriteRequest(0, bytes('01'))), unlock(1));
    expect(host.said()).toEqual(['0 CHANNEL_EVENT@2 ACK_REQ+EVENT 0500']);
    host.send(ack(0, Opcode.CHANNEL_EVENT, 2));
    expect(host.said()).toEqual(['0 CHANNEL_WRITE@2 ACK', `1 ${UNLOCK}`]);
  });

  it('keeps the bytes that were written, though more arrive while the event waits', () => {
    const done = new Subject<number>();
    const answers = [done, of(400)];
    let written = bytes('');
    const { channel, host } = setup({
      write: (_, data) => {
        written = data;
        return answers.shift()!;
      },
    });
    host.send(write(0, new Uint8Array(400).fill(0x11)));
    channel.sendEvent(5, true);
    host.send(write(1, new Uint8Array(400).fill(0x22)), ackEvent(0));
    expect(hexOf(written)).toBe('11'.repeat(400));
    done.next(400);
    done.complete();
    expect(host.said()).toEqual([
      '0 CHANNEL_EVENT@1 ACK_REQ+EVENT 0500',
      '0 CHANNEL_WRITE@1 ACK',
      '1 CHANNEL_WRITE@1 ACK',
    ]);
    expect(hexOf(written)).toBe('22'.repeat(400));
  });

  it('loses both to a SYNC', () => {
    let called = 0;
    let ended = 0;
    const { channel, host } = setup({
      size: () => new Observable(() => (called++, () => ended++)),
    });
    host.send(size(0));
    let code = '';
    channel.sendEvent(5, true).subscribe({ error: (error: { code: string }) => (code = error.code) });
    host.send(SYNC);
    expect([called, ended, code]).toEqual([1, 1, 'TIMEOUT']);
    expect(host.said()).toEqual(['0 CHANNEL_EVENT@1 ACK_REQ+EVENT 0500', '0 PROTO_SYNC@0 ACK']);
    host.send(unlock(0));
    expect(host.said()).toEqual([`0 ${UNLOCK}`]);
  });

  it('loses both when the event is never acknowledged', () => {
    const { channel, host, clock } = setup({ size: () => NEVER });
    host.send(size(0));
    channel.sendEvent(5, true);
    clock.pass(7500);
    expect(host.said()).toHaveLength(4);
    host.send(unlock(0));
    expect(host.said()).toEqual([`0 ${UNLOCK}`]);
    expect(clock.actions).toEqual([]);
  });

  it('may answer while the event still waits: the answer comes behind it', () => {
    const answer = new Subject<number>();
    const { channel, host } = setup({ size: () => answer });
    host.send(size(0));
    channel.sendEvent(5, true);
    answer.next(7);
    answer.complete();
    expect(host.said()).toEqual(['0 CHANNEL_EVENT@1 ACK_REQ+EVENT 0500']);
    host.send(ackEvent(0));
    expect(host.said()).toEqual(['0 CHANNEL_SIZE@1 ACK_REQ 07000000']);
  });
});

describe('an event that waits for its turn', () => {
  const outcome = (channel: DeviceChannel): { code: string } => {
    const seen = { code: 'pending' };
    channel.sendEvent(5, true).subscribe({
      complete: () => (seen.code = 'complete'),
      error: (error: { code: string }) => (seen.code = error.code),
    });
    return seen;
  };

  it('fails when its channel is gone by then', () => {
    const { device, channel, host } = setup({});
    host.send(command(0, Opcode.SYS_INFO));
    const event = outcome(channel);
    channel.unregister();
    device.register('another, under the same id', {});
    host.said();
    host.send(ack(0, Opcode.SYS_INFO));
    expect(event.code).toBe('NO_HOST');
    expect(host.said()).toEqual([]);
  });

  it('fails with a soft reboot, which takes its channel', () => {
    const { device, channel, host } = setup({});
    host.send(command(0, Opcode.SYS_INFO));
    const event = outcome(channel);
    device.softReboot();
    expect(event.code).toBe('NO_HOST');
    host.said();
    host.send(unlock(0));
    expect(host.said()).toEqual([`0 ${UNLOCK}`]);
  });

  it('may be sent by whoever learns that the one before has failed', () => {
    const { device, host } = setup({});
    const kept = device.register('of the firmware', {}, 0);
    kept.sendEvent(1, true).subscribe({ error: () => kept.sendEvent(2, true) });
    host.said();
    device.softReboot();
    expect(host.said()).toEqual(['0 SYS_EVENT@0 EVENT 0200', '0 CHANNEL_EVENT@2 ACK_REQ+EVENT 0200']);
  });
});

describe('a Promise of a back-end whose session ends meanwhile', () => {
  it('lets no other operation begin until it has settled, whoever is connected', async () => {
    const { promise, settle } = promised<number>();
    const calls: string[] = [];
    const { device, host, errors } = setup({
      size: () => (calls.push('size'), promise),
      unlock: () => (calls.push('unlock'), true),
    });
    host.send(size(0));
    const next = link(device);
    next.send(SYNC);
    expect(calls).toEqual(['size']);
    expect(next.said()).toEqual([]);
    await settle(7);
    expect(calls).toEqual(['size', 'unlock']);
    expect(next.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
    expect(host.said()).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('keeps the bytes that it was given', async () => {
    const { promise, settle } = promised<number>();
    let written = bytes('');
    const { device, host } = setup({ write: (_, data) => ((written = data), promise) });
    host.send(write(0, new Uint8Array(400).fill(0x11)));
    device.softReboot();
    host.send(write(0, new Uint8Array(400).fill(0x22)));
    expect(hexOf(written)).toBe('11'.repeat(400));
    await settle(400);
    expect(host.said()).toEqual(['0 SYS_EVENT@0 EVENT 0200', '0 CHANNEL_WRITE@1 NAK INVALID']);
  });

  it('may fail, which is nobody’s any more', async () => {
    const { promise, fail } = promised<number>();
    const { device, host, errors } = setup({ size: () => promise });
    host.send(size(0));
    const next = link(device);
    next.send(SYNC);
    await fail();
    expect(next.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
    expect(errors).toEqual([]);
  });
});

describe('an Observable of a back-end whose session ends meanwhile', () => {
  it('is unsubscribed, and the next session begins at once', () => {
    let open = 0;
    const { device, host } = setup({ size: () => new Observable(() => (open++, () => open--)) });
    host.send(size(0));
    expect(open).toBe(1);
    const next = link(device);
    expect(open).toBe(0);
    next.send(SYNC);
    expect(next.said()).toEqual(['0 PROTO_SYNC@0 ACK']);
  });
});

describe('a packet that has to be sent again', () => {
  it('is the same, though the back-end has reused its memory', () => {
    const scratch = new Uint8Array(4);
    const { host, clock } = setup({ read: (_, wanted) => scratch.subarray(0, wanted).fill(7) });
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 4)));
    scratch.fill(9);
    clock.pass(500);
    expect(host.said()).toEqual(['0 CHANNEL_READ@1 ACK_REQ 07070707', '0 CHANNEL_READ@1 RTX+ACK_REQ 07070707']);
  });

  it('is sent on time however the host answers inside the write', () => {
    const clock = new Clock();
    const device = new Device({ scheduler: clock });
    let answers = false;
    const host: Link = link(device, () => {
      if (answers) host.send(ack(0, Opcode.SYS_INFO));
      return EMPTY;
    });
    host.send(command(0, Opcode.SYS_INFO));
    answers = true;
    clock.pass(500);
    host.send(unlock(1));
    expect(host.said()).toEqual(['0 SYS_INFO@0 ACK_REQ 76B', '0 SYS_INFO@0 RTX+ACK_REQ 76B', `1 ${UNLOCK}`]);
  });
});
