import { BehaviorSubject } from 'rxjs';
import { defaultSystemInfo } from '../../lib/device/board.js';
import { Device } from '../../lib/device/device.js';
import { simulateProfile } from '../../lib/virtual/simulated-profile.js';
import { VirtualCamera } from '../../lib/virtual/virtual-camera.js';
import { Opcode } from '../../lib/wire/opcode.js';
import {
  decodeChannelList,
  decodeProfile,
  decodeSystemInfo,
  decodeWords,
  encodeIoctl,
  encodeWords,
  type ProfileRecord,
} from '../../lib/wire/payloads/index.js';
import { Clock } from '../device/clock.js';
import { SimpleHost } from '../device/simple-host.js';

function simulated(pmuCounters = 8) {
  const clock = new Clock();
  const hardware = { ...defaultSystemInfo.hardware, pmuCounters };
  const device = new Device({ scheduler: clock, systemInfo: { ...defaultSystemInfo, hardware } });
  const attached = new BehaviorSubject(true);
  simulateProfile(device, attached, clock);
  const host = new SimpleHost(device);
  const records = (): ProfileRecord[] => {
    const [count = 0, stride = 0] = decodeWords(host.ask(Opcode.CHANNEL_SHAPE, 1).payload);
    return decodeProfile(host.ask(Opcode.CHANNEL_READ, 1, encodeWords(0, count * stride)).payload, stride, pmuCounters);
  };
  return { clock, host, attached, records };
}

describe('a simulated profile', () => {
  it('is of several functions, whose numbers grow', () => {
    const { clock, records } = simulated();
    clock.pass(400);
    const before = records();
    clock.pass(400);
    const after = records();
    expect(before.length).toBeGreaterThan(5);
    expect(after.map(({ address }) => address)).toEqual(before.map(({ address }) => address));
    after.forEach((record, at) => {
      const was = before[at]!;
      expect(record.calls).toBe(2 * was.calls);
      expect(record.totalTicks).toBeGreaterThan(was.totalTicks);
      expect(record.totalCycles).toBeGreaterThan(was.totalCycles);
      expect(record.minTicks).toBeLessThan(record.maxTicks);
      expect(record.totalTicks).toBeGreaterThanOrEqual(record.calls * record.minTicks);
      expect(record.totalTicks).toBeLessThanOrEqual(record.calls * record.maxTicks);
      expect(record.events.some((count) => count > 0)).toBe(true);
    });
  });

  it('has functions that cost less without those that they call', () => {
    const { clock, host, records } = simulated();
    clock.pass(400);
    const [inclusive] = records();
    host.ask(Opcode.CHANNEL_IOCTL, 1, encodeIoctl(0, encodeWords(1)));
    clock.pass(400);
    const exclusive = records();
    expect(exclusive[0]!.totalTicks).toBeLessThan(inclusive!.totalTicks / 10);
    const sum = exclusive.reduce((ticks, { totalTicks }) => ticks + totalTicks, 0);
    expect(sum).toBeGreaterThan(0.9 * inclusive!.totalTicks);
  });

  it('has as many event counts as the board has counters', () => {
    const { clock, records } = simulated(0);
    clock.pass(400);
    expect(records()[0]!.events).toEqual([]);
  });

  it('sleeps while nobody is there', () => {
    const { clock, attached, records } = simulated();
    clock.pass(400);
    attached.next(false);
    const before = records();
    expect(clock.actions).toEqual([]);
    attached.next(true);
    clock.pass(400);
    expect(records()[0]!.calls).toBeGreaterThan(before[0]!.calls);
  });

  it('is the fourth channel of a VirtualCamera that is asked for it, through soft reboots', () => {
    const clock = new Clock();
    const camera = new VirtualCamera({ scheduler: clock, board: 'N6', profile: true });
    const host = new SimpleHost(camera);
    const names = () => decodeChannelList(host.ask(Opcode.CHANNEL_LIST, 0).payload).map(({ name }) => name);
    host.synchronise();
    expect(names().slice(0, 5)).toEqual(['usb', 'stdin', 'stdout', 'stream', 'profile']);
    camera.device.softReboot();
    host.synchronise();
    expect(names()).toEqual(['usb', 'stdin', 'stdout', 'stream', 'profile']);
    clock.pass(1000);
    const { pmuCounters } = decodeSystemInfo(host.ask(Opcode.SYS_INFO, 0).payload).hardware;
    const [count, stride] = decodeWords(host.ask(Opcode.CHANNEL_SHAPE, 4).payload);
    expect(count).toBeGreaterThan(5);
    expect(stride).toBe(40 + 8 * pmuCounters);
  });

  it('is not there unless it is asked for', () => {
    const host = new SimpleHost(new VirtualCamera({ scheduler: new Clock() }));
    host.synchronise();
    const channels = decodeChannelList(host.ask(Opcode.CHANNEL_LIST, 0).payload);
    expect(channels.map(({ name }) => name)).not.toContain('profile');
  });
});
