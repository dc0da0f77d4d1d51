import { hasMethods, requireArgument } from '../../arguments.js';
import { ChannelFlag } from '../../wire/flags.js';
import {
  decodeWords,
  encodeProfile,
  profileRecordBytes,
  ProfileMode,
  ProfileRequest,
} from '../../wire/payloads/index.js';
import type { Backend } from '../backend.js';
import type { Device, DeviceChannel } from '../device.js';
import { ProfileTable, type ProfileCounters } from './profile-table.js';
import { range } from './range.js';

/** The channel `profile` of a device, for the program whose functions it tells of. */
export interface ProfileChannel extends DeviceChannel {
  /** A function begins to run, called from `caller`, when the counters stand at `at`. */
  enter(address: number, caller: number, at: ProfileCounters): void;
  /** The function that began last has run. Not the one at `address`: what was entered last is not counted. */
  exit(address: number, at: ProfileCounters): void;
  /** What the host wants each PMU counter to count: ARM's event numbers. */
  readonly events: readonly number[];
}

/** What the PMU counters count until the host has chosen otherwise: the usual ones (PROTOCOL 10). */
const USUAL_EVENTS = [0x0039, 0x0023, 0x0024, 0x0001, 0x0003, 0xc102, 0x02cc, 0xc303] as const;

/**
 * Serves what functions of a program cost, as a profiling build of the firmware does: the channel `profile`, READ and
 * LOCK, which a soft reboot leaves (PROTOCOL 10).
 *
 * A run counts from `enter` to `exit`, without the runs within it when the host has chosen the mode EXCLUSIVE. As many
 * PMU counters are told of as `systemInfo.hardware.pmuCounters` says. The ioctls MODE, SET_EVENT and RESET begin anew:
 * what was counted before does not compare. STATS is refused with FAILED.
 *
 * LOCK and, without a lock, SIZE and SHAPE take the records of that moment; counting goes on meanwhile. LOCK is BUSY while
 * there are no records. A read past the end is refused with FAILED. Holds 256 functions, and follows runs within runs 32
 * deep; what is beyond is not counted.
 *
 * @example
 * ```ts
 * import { Device, profileChannel } from 'openmv-rx/device';
 *
 * const profile = profileChannel(new Device());
 * const counters = () => ({ ticks: performance.now() * 1000, cycles: 0, events: [] });
 * profile.enter(0x0800_1000, 0x0800_0010, counters());
 * profile.exit(0x0800_1000, counters());
 * ```
 */
export function profileChannel(device: Device): ProfileChannel {
  requireArgument(hasMethods(device, 'register'), 'profileChannel takes a Device', device);
  const profile = new Profile(device.systemInfo.hardware.pmuCounters);
  const channel = device.register('profile', profile, ChannelFlag.READ | ChannelFlag.LOCK);
  return {
    ...channel,
    enter: (address, caller, at) => profile.table.enter(address, caller, at),
    exit: (address, at) => profile.table.exit(address, at, profile.mode),
    get events() {
      return profile.events;
    },
  };
}

class Profile implements Backend {
  readonly table: ProfileTable;
  mode: number = ProfileMode.INCLUSIVE;
  events: readonly number[];
  private latched: Uint8Array | undefined;
  private locked = false;
  readonly ioctlSizes = new Map<number, number>([
    [ProfileRequest.MODE, 4],
    [ProfileRequest.SET_EVENT, 8],
    [ProfileRequest.RESET, 0],
    [ProfileRequest.STATS, 0],
  ]);

  constructor(private readonly counters: number) {
    this.table = new ProfileTable(counters);
    this.events = Array.from({ length: counters }, (_, counter) => USUAL_EVENTS[counter] ?? 0);
  }

  lock(): boolean {
    if (this.locked) return false;
    this.locked = this.latch().length > 0;
    return this.locked;
  }

  unlock(): boolean {
    this.locked = false;
    return true;
  }

  size(): number {
    return this.latch().length;
  }

  shape(): readonly number[] {
    const recordBytes = profileRecordBytes(this.counters);
    return [this.latch().length / recordBytes, recordBytes];
  }

  readp(offset: number, size: number): Uint8Array {
    return range(this.latched ?? this.latch(), offset, size);
  }

  ioctl(request: number, argument?: Uint8Array): number {
    const [first = 0, second = 0] = argument ? decodeWords(argument) : [];
    if (request === ProfileRequest.STATS) return -1;
    if (request === ProfileRequest.MODE) this.mode = first;
    // The firmware, too, takes no notice of a counter that is not there.
    if (request === ProfileRequest.SET_EVENT) this.events = this.events.map((was, at) => (at === first ? second : was));
    this.table.reset();
    return 0;
  }

  private latch(): Uint8Array {
    if (!this.latched || !this.locked) this.latched = encodeProfile(this.table.records, this.counters);
    return this.latched;
  }
}
