import { EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { Device, type DeviceChannel } from '../../lib/device/index.js';
import { faultyConnection, type FaultyOptions } from '../../lib/transport/faulty.js';
import type { Connection } from '../../lib/transport/transport.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { encodeCapabilities, encodeReadRequest } from '../../lib/wire/payloads/index.js';
import { Clock } from './clock.js';
import { ack, bytes, command, link, SYNC, type Link } from './support.js';

interface Setup {
  readonly device: Device;
  readonly clock: Clock;
  readonly channel: DeviceChannel;
  /** How many answers of the back-end are still asked for. */
  readonly asked: { now: number };
}

function setup(): Setup {
  const clock = new Clock();
  const device = new Device({ scheduler: clock, bufferSize: 512 });
  const asked = { now: 0 };
  const channel = device.register('it', {
    readp: (_, size) => new Uint8Array(size),
    size: () => new Observable<number>(() => (asked.now++, () => asked.now--)),
  });
  return { device, clock, channel, asked };
}

const codeOf = (sent: Observable<void>): { is: string } => {
  const seen = { is: 'pending' };
  sent.subscribe({
    complete: () => (seen.is = 'complete'),
    error: (error: { code: string }) => (seen.is = error.code),
  });
  return seen;
};

const unlock = (sequence: number): Uint8Array<ArrayBuffer> => command(sequence, Opcode.CHANNEL_UNLOCK);
const info = (sequence: number): Uint8Array<ArrayBuffer> => command(sequence, Opcode.SYS_INFO);
const read = command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 2000));
const smaller = encodeCapabilities({ crc: true, seq: true, ack: false, events: false, maxPayload: 50 });
const UNLOCK = 'CHANNEL_UNLOCK@0 NAK BUSY';

/** In the middle of what a session may be when the next is attached. */
const MIDDLES: readonly [string, (host: Link, channel: DeviceChannel) => void][] = [
  ['nothing', () => undefined],
  ['a packet', (host) => host.send(info(0).subarray(0, 7))],
  ['a wait for an acknowledgement', (host) => host.send(info(0), info(1))],
  ['an answer of several packets', (host) => host.send(read, ack(0, Opcode.CHANNEL_READ))],
  ['a back-end’s answer', (host) => host.send(command(0, Opcode.CHANNEL_SIZE, 1))],
  ['other capabilities', (host) => host.send(command(0, Opcode.PROTO_SET_CAPS, 0, smaller), unlock(1))],
  ['an event that waits', (_, channel) => channel.sendEvent(1, true)],
  [
    'an event within a command',
    (host, channel) => {
      host.send(command(0, Opcode.CHANNEL_SIZE, 1));
      channel.sendEvent(1, true);
    },
  ],
];

describe('a Device that is attached again', () => {
  it.each(MIDDLES)('ends the former session in the middle of %s, and begins the next anew', (_, reach) => {
    const { device, clock, channel, asked } = setup();
    const former = link(device);
    reach(former, channel);
    former.said();

    const next = link(device);
    expect(former.subscription.closed).toBe(true);
    expect(next.subscription.closed).toBe(false);
    expect(asked.now).toBe(0);
    expect(clock.actions).toEqual([]);

    next.send(unlock(0));
    expect(next.said()).toEqual([`0 ${UNLOCK}`]);
    next.send(info(1));
    expect(next.said()).toEqual(['1 SYS_INFO@0 ACK_REQ 76B']);
    next.send(ack(1, Opcode.SYS_INFO));

    former.send(SYNC, unlock(0), ack(0, Opcode.SYS_INFO));
    channel.sendEvent(7);
    clock.pass(10_000);
    expect(former.said()).toEqual([]);
    expect(next.said()).toEqual(['2 CHANNEL_EVENT@1 EVENT 0700']);
  });

  it('lets go of the former connection’s bytes, and does not close it', () => {
    const { device } = setup();
    const arriving = new Subject<Uint8Array>();
    device.attach({ bytes$: arriving, write: () => EMPTY });
    expect(arriving.observed).toBe(true);
    link(device);
    expect(arriving.observed).toBe(false);
    expect(arriving.closed).toBe(false);
  });

  it('fails the events of the former session', () => {
    const { device, channel } = setup();
    link(device);
    const [sent, waiting] = [codeOf(channel.sendEvent(1, true)), codeOf(channel.sendEvent(2, true))];
    link(device);
    expect([sent.is, waiting.is]).toEqual(['TIMEOUT', 'TIMEOUT']);
  });

  it('is not disturbed when the former session is unsubscribed afterwards', () => {
    const { device } = setup();
    const former = link(device);
    const next = link(device);
    former.subscription.unsubscribe();
    next.send(unlock(0));
    expect(next.said()).toEqual([`0 ${UNLOCK}`]);
  });

  it('may be attached to the same connection again: the session begins anew', () => {
    const { device } = setup();
    const arriving = new Subject<Uint8Array>();
    let written = 0;
    const connection: Connection = { bytes$: arriving, write: () => (written++, EMPTY) };
    device.attach(connection);
    arriving.next(unlock(0));
    device.attach(connection);
    arriving.next(unlock(0));
    expect(written).toBe(2);
  });

  it.each([
    ['a write', (device: Device, once: () => void): Link => link(device, () => (once(), EMPTY))],
    [
      'a back-end',
      (device: Device, once: () => void): Link => {
        device.register('again', { lock: () => (once(), true), unlock: () => true });
        return link(device);
      },
    ],
  ])('may be so from within %s', (_, former) => {
    const { device } = setup();
    let next: Link | undefined;
    const host = former(device, () => (next ??= link(device)));
    host.send(command(0, Opcode.CHANNEL_LOCK, 2), unlock(1));
    expect(host.subscription.closed).toBe(true);
    host.said();
    host.send(unlock(0));
    expect(host.said()).toEqual([]);
    next!.said();
    next!.send(SYNC, unlock(0));
    expect(next!.said()).toEqual(['0 PROTO_SYNC@0 ACK', `0 ${UNLOCK}`]);
  });

  it('keeps its locks until the next host’s SYNC', () => {
    const { device } = setup();
    let locked = false;
    device.register('locked', { lock: () => !locked && (locked = true), unlock: () => !(locked = false) });
    link(device).send(command(0, Opcode.CHANNEL_LOCK, 2));
    const next = link(device);
    expect(locked).toBe(true);
    next.send(SYNC);
    expect(locked).toBe(false);
  });
});

describe('the connection of a Device', () => {
  const lost = new Error('lost');
  const written = (): Observable<never> => EMPTY;

  it.each<[string, Connection]>([
    ['has completed', { bytes$: EMPTY, write: written }],
    ['errors', { bytes$: throwError(() => lost), write: written }],
    ['errors behind a command', { bytes$: of(SYNC), write: () => throwError(() => lost) }],
    [
      'throws when it is written to',
      {
        bytes$: of(SYNC),
        write: () => {
          throw lost;
        },
      },
    ],
  ])('may be one that %s: the session ends, and the next is as good as any', (_, connection) => {
    const { device, channel } = setup();
    expect(device.attach(connection).closed).toBe(true);
    expect(codeOf(channel.sendEvent(1)).is).toBe('NO_HOST');
    const next = link(device);
    next.send(unlock(0));
    expect(next.said()).toEqual([`0 ${UNLOCK}`]);
  });

  it('may be one that never takes what is written: the session ends with it all the same', () => {
    const { device, clock } = setup();
    const host = link(device, () => NEVER);
    host.send(command(0, Opcode.CHANNEL_READ, 1, encodeReadRequest(0, 0x100000)));
    for (let sequence = 0; sequence < 300; sequence++) host.send(ack(sequence & 0xff, Opcode.CHANNEL_READ));
    link(device);
    expect(host.subscription.closed).toBe(true);
    expect(clock.actions).toEqual([]);
  });

  it.each<[string, FaultyOptions]>([
    ['loses', { loss: 0.3 }],
    ['damages', { damage: 0.3 }],
    ['repeats', { duplicate: 0.5 }],
    ['delays', { delay: 30, jitter: 20 }],
    ['cuts', { chunk: 3 }],
    ['does all of that', { loss: 0.1, damage: 0.1, duplicate: 0.1, delay: 5, jitter: 5, chunk: 7 }],
  ])('may be one that %s: after any time on it the next session begins anew', (_, faults) => {
    const { device, clock } = setup();
    for (let seed = 1; seed <= 20; seed++) {
      const arriving = new Subject<Uint8Array>();
      const cable = { bytes$: arriving, write: written };
      const former = faultyConnection(cable, { ...faults, seed, scheduler: clock }).subscribe((faulty) =>
        device.attach(faulty),
      );
      for (const packet of [SYNC, info(0), ack(0, Opcode.SYS_INFO), read, info(2), bytes('aad5'), unlock(3)]) {
        arriving.next(packet);
        clock.pass(17 * seed);
      }
      const next = link(device);
      next.send(unlock(0));
      expect([seed, ...next.said()]).toEqual([seed, `0 ${UNLOCK}`]);
      next.subscription.unsubscribe();
      former.unsubscribe();
      clock.pass(100);
      expect([seed, clock.actions.length]).toEqual([seed, 0]);
    }
  });
});
