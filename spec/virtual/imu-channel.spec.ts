import { IMU_RECORD_BYTES, imuSample } from '../../lib/virtual/imu-record.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { decodeWord, decodeWords, encodeCapabilities, encodeReadRequest } from '../../lib/wire/payloads/index.js';
import { execute, idOf, started } from '../device/camera-bench.js';
import { SimpleHost } from '../device/simple-host.js';

const IMU = 6;

describe('the imu channel', () => {
  const withImu = () => started({ imu: true, stdoutIntervalMs: false });
  const size = (host: SimpleHost) => decodeWord(host.ask(Opcode.CHANNEL_SIZE, IMU).payload);
  const read = (host: SimpleHost, bytes: number) =>
    host.ask(Opcode.CHANNEL_READ, IMU, encodeReadRequest(0, bytes)).payload;
  const isReady = (host: SimpleHost) => (decodeWord(host.ask(Opcode.CHANNEL_POLL, 0).payload) & (1 << IMU)) !== 0;

  it('holds what was measured since it was read, in records in their order', () => {
    const { host, clock } = withImu();
    expect([size(host), isReady(host)]).toEqual([0, false]);
    clock.pass(1000);
    expect([size(host), isReady(host)]).toEqual([208 * 32, true]);
    const first = read(host, 208 * 32);
    clock.pass(1000);
    const second = read(host, size(host));
    expect([first.subarray(0, 32), first.subarray(-32)]).toEqual([imuSample(0), imuSample(207)]);
    expect(second.subarray(0, 32)).toEqual(imuSample(208));
    expect([first.length, second.length, size(host)]).toEqual([208 * 32, 208 * 32, 0]);
  });

  it('has records of the time since the camera was switched on, in later scripts too', () => {
    const { host, clock } = withImu();
    clock.pass(1000);
    execute(host, clock, 'pass');
    host.synchronise();
    execute(host, clock, 'while True: pass');
    expect(idOf(host, 'imu')).toBe(IMU);
    clock.pass(998);
    const record = read(host, size(host));
    expect(record.subarray(0, 32)).toEqual(imuSample(208));
    expect(record.subarray(-32)).toEqual(imuSample(415));
  });

  it('says once that there is something, and again when that was read', () => {
    const { host, clock } = withImu();
    clock.pass(39);
    expect(host.events).toEqual([]);
    clock.pass(1000);
    expect(host.events).toEqual(['6:1']);
    read(host, 32);
    clock.pass(40);
    expect(host.events).toEqual(['6:1', '6:1']);
  });

  it('says so to a host that comes later, though the one before has left it unread', () => {
    const { camera, host, clock } = withImu();
    clock.pass(1000);
    host.link.subscription.unsubscribe();
    const next = new SimpleHost(camera);
    next.synchronise();
    next.events.length = 0;
    clock.pass(1000);
    expect(next.events).toEqual(['6:1']);
  });

  it('says so when events are on again, though there was something before', () => {
    const { host, clock } = withImu();
    const events = (on: boolean) => {
      host.ask(
        Opcode.PROTO_SET_CAPS,
        0,
        encodeCapabilities({ crc: true, seq: true, ack: true, events: on, maxPayload: 4082 }),
      );
    };
    events(false);
    clock.pass(1000);
    expect(host.events).toEqual([]);
    events(true);
    clock.pass(1000);
    expect(host.events).toEqual(['6:1']);
  });

  it('tells by its shape how many records there are, how large one is, and how many were lost', () => {
    const { host, clock } = withImu();
    clock.pass(10_000);
    expect(decodeWords(host.ask(Opcode.CHANNEL_SHAPE, IMU).payload)).toEqual([512, IMU_RECORD_BYTES, 2080 - 512]);
  });

  it('leaves no timer when the host has gone, and none of a script that has ended', () => {
    const { camera, host, clock } = withImu();
    clock.pass(100);
    host.link.subscription.unsubscribe();
    expect(clock.actions).toHaveLength(0);
    const next = new SimpleHost(camera);
    next.synchronise();
    next.ask(Opcode.CHANNEL_IOCTL, 1, Uint8Array.of(1, 0, 0, 0));
    clock.pass(1);
    next.events.length = 0;
    clock.pass(1000);
    expect(next.events).toEqual([]);
    expect(isReady(next)).toBe(true);
    expect(clock.actions).toHaveLength(0);
  });

  it('has the timers of one script, however many have run', () => {
    const { host, clock } = withImu();
    const timers = [1, 2, 3].map(() => {
      execute(host, clock, 'pass');
      host.synchronise();
      execute(host, clock, 'while True: pass');
      host.ask(Opcode.CHANNEL_SIZE, 2);
      return clock.actions.length;
    });
    expect(timers).toEqual([timers[0], timers[0], timers[0]]);
  });

  it('tells the next script’s host of what came between two scripts', () => {
    const { host, clock } = withImu();
    host.ask(Opcode.CHANNEL_IOCTL, 1, Uint8Array.of(1, 0, 0, 0));
    clock.pass(1000);
    expect(host.events).toEqual([]);
    execute(host, clock, 'while True: pass');
    clock.pass(40);
    expect(host.events).toEqual(['1:1', '6:1']);
    expect(read(host, 32)).toEqual(imuSample(0));
  });

  it('begins anew when the camera has been reset', () => {
    const { camera, host, clock } = withImu();
    clock.pass(10_000);
    host.send(Opcode.SYS_RESET);
    clock.pass(5000);
    const next = new SimpleHost(camera);
    next.synchronise();
    clock.pass(1000);
    expect(read(next, size(next)).subarray(0, 32)).toEqual(imuSample(0));
  });
});
