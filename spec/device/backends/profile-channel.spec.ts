import { profileChannel, type ProfileChannel } from '../../../lib/device/backends/profile-channel.js';
import type { ProfileCounters } from '../../../lib/device/backends/profile-table.js';
import { defaultSystemInfo } from '../../../lib/device/board.js';
import { Device } from '../../../lib/device/device.js';
import { ChannelFlag } from '../../../lib/wire/flags.js';
import { Opcode } from '../../../lib/wire/opcode.js';
import {
  decodeProfile,
  decodeWords,
  encodeIoctl,
  encodeWords,
  type ProfileRecord,
} from '../../../lib/wire/payloads/index.js';
import { Clock } from '../clock.js';
import { SimpleHost } from '../simple-host.js';

const [MODE, SET_EVENT, RESET, STATS] = [0, 1, 2, 3];
const EXCLUSIVE = 1;

interface Served {
  readonly profile: ProfileChannel;
  readonly device: Device;
  readonly clock: Clock;
  readonly host: SimpleHost;
  readonly ask: (opcode: number, payload?: Uint8Array) => { payload: Uint8Array; word: string };
  readonly ioctl: (request: number, ...words: number[]) => string;
  /** As a host reads them. */
  readonly records: () => ProfileRecord[];
  readonly lock: () => string;
}

function served(pmuCounters = 2): Served {
  const clock = new Clock();
  const hardware = { ...defaultSystemInfo.hardware, pmu: pmuCounters > 0, pmuCounters };
  const device = new Device({ scheduler: clock, systemInfo: { ...defaultSystemInfo, hardware } });
  const profile = profileChannel(device);
  const host = new SimpleHost(device);
  const ask = (opcode: number, payload?: Uint8Array) => host.ask(opcode, profile.id, payload);
  const records = () => {
    const [count = 0, stride = 0] = decodeWords(ask(Opcode.CHANNEL_SHAPE).payload);
    const read = ask(Opcode.CHANNEL_READ, encodeWords(0, count * stride));
    return decodeProfile(read.word.startsWith('NAK') ? new Uint8Array(0) : read.payload, stride, pmuCounters);
  };
  const lock = () => {
    clock.pass(11);
    return ask(Opcode.CHANNEL_LOCK).word;
  };
  const ioctl = (request: number, ...words: number[]) =>
    ask(Opcode.CHANNEL_IOCTL, encodeIoctl(request, encodeWords(...words))).word;
  return { profile, device, clock, host, ask, ioctl, records, lock };
}

const at = (ticks: number, cycles = 0, ...events: number[]): ProfileCounters => ({
  ticks,
  cycles,
  events: events.length > 0 ? events : [0, 0],
});
const [OUTER, INNER, CALLER] = [0x0802_0001, 0x0803_0001, 0x0801_0010];

/** OUTER runs from 0 to 100, and INNER within it from 10 to 40 and from 50 to 60. */
function runs(profile: ProfileChannel): void {
  profile.enter(OUTER, CALLER, at(0));
  profile.enter(INNER, OUTER, at(10, 1000, 1, 7));
  profile.exit(INNER, at(40, 4000, 2, 7));
  profile.enter(INNER, OUTER + 4, at(50, 5000, 2, 7));
  profile.exit(INNER, at(60, 6000, 5, 7));
  profile.exit(OUTER, at(100, 10_000, 9, 8));
}

describe('the profile channel (PROTOCOL 10)', () => {
  it('is called so, can be read and locked, and is no dynamic channel', () => {
    const { host, profile } = served();
    expect(profile.name).toBe('profile');
    expect(host.ask(Opcode.CHANNEL_LIST, 0).payload[17]).toBe(ChannelFlag.READ | ChannelFlag.LOCK);
  });

  it('is busy and empty before anything has run', () => {
    const { lock, ask, records } = served();
    expect(lock()).toBe('NAK BUSY');
    expect(decodeWords(ask(Opcode.CHANNEL_SIZE).payload)).toEqual([0]);
    expect(decodeWords(ask(Opcode.CHANNEL_SHAPE).payload)).toEqual([0, 56]);
    expect(records()).toEqual([]);
  });

  it.each([
    [0, 40],
    [2, 56],
    [8, 104],
  ])('has with %d PMU counters records of %d bytes', (counters, size) => {
    const { profile, ask } = served(counters);
    profile.enter(OUTER, CALLER, at(0));
    expect(decodeWords(ask(Opcode.CHANNEL_SHAPE).payload)).toEqual([1, size]);
    expect(decodeWords(ask(Opcode.CHANNEL_SIZE).payload)).toEqual([size]);
  });

  it('tells of a function that has not returned, with a least time that is none', () => {
    const { profile, records } = served();
    profile.enter(OUTER, CALLER, at(5));
    expect(records()).toEqual([
      {
        address: OUTER,
        caller: CALLER,
        calls: 1,
        minTicks: 0xffffffff,
        maxTicks: 0,
        totalTicks: 0,
        totalCycles: 0,
        events: [0, 0],
      },
    ]);
  });

  it('adds up the runs of each function, with all that runs within them', () => {
    const { profile, records } = served();
    runs(profile);
    expect(records()).toEqual([
      {
        address: OUTER,
        caller: CALLER,
        calls: 1,
        minTicks: 100,
        maxTicks: 100,
        totalTicks: 100,
        totalCycles: 10_000,
        events: [9, 8],
      },
      {
        address: INNER,
        caller: OUTER + 4,
        calls: 2,
        minTicks: 10,
        maxTicks: 30,
        totalTicks: 40,
        totalCycles: 4000,
        events: [4, 0],
      },
    ]);
  });

  it('leaves out what runs within them in the mode EXCLUSIVE', () => {
    const { profile, records, ioctl } = served();
    expect(ioctl(MODE, EXCLUSIVE)).toBe('ACK');
    runs(profile);
    expect(records().map(({ totalTicks, totalCycles, events }) => [totalTicks, totalCycles, ...events])).toEqual([
      [60, 6000, 5, 8],
      [40, 4000, 4, 0],
    ]);
  });

  it.each([
    ['MODE', [MODE, 0]],
    ['SET_EVENT', [SET_EVENT, 1, 0x11]],
    ['RESET', [RESET]],
  ])('begins anew with %s', (_, [request, ...words]) => {
    const { profile, records, ioctl } = served();
    runs(profile);
    expect(ioctl(request!, ...words)).toBe('ACK');
    expect(records()).toEqual([]);
    runs(profile);
    expect(records()).toHaveLength(2);
  });

  it('tells its program what is to be counted, the usual events at first', () => {
    const { profile, ioctl } = served(8);
    expect(profile.events).toEqual([0x0039, 0x0023, 0x0024, 0x0001, 0x0003, 0xc102, 0x02cc, 0xc303]);
    ioctl(SET_EVENT, 2, 0x4711);
    expect(profile.events).toEqual([0x0039, 0x0023, 0x4711, 0x0001, 0x0003, 0xc102, 0x02cc, 0xc303]);
  });

  it.each([2, 0xffffffff])('takes no notice of a counter that is not there: %d', (counter) => {
    const { profile, ioctl } = served(2);
    expect(ioctl(SET_EVENT, counter, 0x11)).toBe('ACK');
    expect(profile.events).toEqual([0x0039, 0x0023]);
  });

  it.each<[string, number, number[], string]>([
    ['STATS', STATS, [], 'NAK FAILED'],
    ['STATS with an argument', STATS, [0], 'NAK INVALID'],
    ['MODE without an argument', MODE, [], 'NAK INVALID'],
    ['MODE with two', MODE, [0, 0], 'NAK INVALID'],
    ['SET_EVENT with one', SET_EVENT, [0], 'NAK INVALID'],
    ['RESET with one', RESET, [0], 'NAK INVALID'],
    ['a request that is none', 4, [], 'NAK INVALID'],
  ])('refuses %s', (_, request, words, reply) => {
    expect(served().ioctl(request, ...words)).toBe(reply);
  });

  it('shows a reader with a lock the records of its LOCK, and counts on', () => {
    const { profile, records, lock, ask } = served();
    runs(profile);
    expect(lock()).toBe('ACK');
    expect(lock()).toBe('NAK BUSY');
    runs(profile);
    profile.enter(0x0899_0001, CALLER, at(0));
    expect(records().map(({ calls }) => calls)).toEqual([1, 2]);
    expect(ask(Opcode.CHANNEL_UNLOCK).word).toBe('ACK');
    expect(records().map(({ calls }) => calls)).toEqual([2, 4, 1]);
  });

  it('does not tear for a reader without a lock', () => {
    const { profile, ask } = served();
    runs(profile);
    ask(Opcode.CHANNEL_SIZE);
    const before = ask(Opcode.CHANNEL_READ, encodeWords(0, 112)).payload;
    runs(profile);
    expect(ask(Opcode.CHANNEL_READ, encodeWords(56, 56)).payload).toEqual(before.subarray(56));
  });

  it.each([
    [0, 113],
    [112, 1],
    [0xffffffff, 0xffffffff],
  ])('refuses to be read from %d, %d bytes: past its end', (offset, length) => {
    const { profile, ask, lock } = served();
    runs(profile);
    lock();
    expect(ask(Opcode.CHANNEL_READ, encodeWords(offset, length)).word).toBe('NAK FAILED');
  });

  it('does not count a run whose end is another’s, and goes on behind it', () => {
    const { profile, records } = served();
    profile.enter(OUTER, CALLER, at(0));
    profile.enter(INNER, OUTER, at(10));
    profile.exit(OUTER, at(20));
    profile.exit(OUTER, at(100));
    profile.exit(OUTER, at(200));
    expect(records().map(({ calls, totalTicks }) => [calls, totalTicks])).toEqual([
      [1, 100],
      [1, 0],
    ]);
  });

  it('follows runs within runs 32 deep, and comes back from deeper ones', () => {
    const { profile, records } = served();
    for (let depth = 0; depth < 40; depth++) profile.enter(depth, CALLER, at(depth));
    for (let depth = 39; depth >= 0; depth--) profile.exit(depth, at(100 - depth));
    const told = records();
    expect(told).toHaveLength(32);
    expect(told[0]!.totalTicks).toBe(100);
    expect(told[31]!.totalTicks).toBe(38);
  });

  it('holds 256 functions', () => {
    const { profile, records } = served();
    for (let address = 0; address < 1000; address++) {
      profile.enter(address, CALLER, at(0));
      profile.exit(address, at(1));
    }
    profile.enter(7, CALLER, at(0));
    const told = records();
    expect(told).toHaveLength(256);
    expect(told[7]!.calls).toBe(2);
  });

  it('is left by a soft reboot', () => {
    const { profile, device, host, records } = served();
    runs(profile);
    device.softReboot();
    host.synchronise();
    expect(records()).toHaveLength(2);
  });
});
