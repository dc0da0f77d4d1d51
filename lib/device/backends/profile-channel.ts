import { hasMethods, requireArgument } from '../../arguments.js';
import { ChannelFlag } from '../../wire/flags.js';
import {
  decodeWords,
  encodeProfile,
  profileRecordBytes,
  ProfileMode,
  ProfileRequest,
} from '../../wire/payloads/index.js';
import { readRange, type Backend } from '../backend.js';
import type { Device, DeviceChannel } from '../device.js';
import { ProfileTable, type ProfileCounters } from './profile-table.js';

/** The channel `profile` of a device, for the program that it profiles. */
export interface ProfileChannel extends DeviceChannel {
  /** A function starts, called from `caller`, with the counters at `at`. */
  enter(address: number, caller: number, at: ProfileCounters): void;
  /** The function that started last ends. If it is not the one at `address`, its run is not counted. */
  exit(address: number, at: ProfileCounters): void;
  /** The event that the host wants each PMU counter to count, as ARM's event numbers. */
  readonly events: readonly number[];
}

/** The events of the PMU counters until the host sets others (PROTOCOL 10). */
const DEFAULT_EVENTS = [0x0039, 0x0023, 0x0024, 0x0001, 0x0003, 0xc102, 0x02cc, 0xc303] as const;

/**
 * Serves the cost of a program's functions, as a profiling build of the firmware does. The channel is `profile`, with READ
 * and LOCK; it survives a soft reboot (PROTOCOL 10).
 *
 * A run counts from `enter` to `exit`. In the mode EXCLUSIVE, nested runs do not count. Records have as many PMU counters as
 * `systemInfo.hardware.pmuCounters` says. The ioctls MODE, SET_EVENT and RESET clear all counts. STATS is refused with FAILED.
 *
 * LOCK and, without a lock, SIZE and SHAPE capture the current records; counting continues. LOCK is BUSY while there are no
 * records. A read past the end is refused with FAILED. Counts at most 256 functions, and runs nested at most 32 deep.
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
  readonly #counters: number;
  readonly table: ProfileTable;
  mode: number = ProfileMode.INCLUSIVE;
  events: readonly number[];
  #captured: Uint8Array | undefined;
  #locked = false;
  readonly ioctlSizes = new Map<number, number>([
    [ProfileRequest.MODE, 4],
    [ProfileRequest.SET_EVENT, 8],
    [ProfileRequest.RESET, 0],
    [ProfileRequest.STATS, 0],
  ]);

  constructor(counters: number) {
    this.#counters = counters;
    this.table = new ProfileTable(counters);
    this.events = Array.from({ length: counters }, (_, counter) => DEFAULT_EVENTS[counter] ?? 0);
  }

  lock(): boolean {
    if (this.#locked) return false;
    this.#locked = this.#capture().length > 0;
    return this.#locked;
  }

  unlock(): boolean {
    this.#locked = false;
    return true;
  }

  size(): number {
    return this.#capture().length;
  }

  shape(): readonly number[] {
    const recordBytes = profileRecordBytes(this.#counters);
    return [this.#capture().length / recordBytes, recordBytes];
  }

  readp(offset: number, size: number): Uint8Array {
    return readRange(this.#captured ?? this.#capture(), offset, size);
  }

  ioctl(request: number, argument?: Uint8Array): number {
    const [first = 0, second = 0] = argument ? decodeWords(argument) : [];
    if (request === ProfileRequest.STATS) return -1;
    if (request === ProfileRequest.MODE) this.mode = first;
    // Ignore a counter that does not exist, as the firmware does.
    if (request === ProfileRequest.SET_EVENT)
      this.events = this.events.map((event, at) => (at === first ? second : event));
    this.table.reset();
    return 0;
  }

  #capture(): Uint8Array {
    if (!this.#captured || !this.#locked) this.#captured = encodeProfile(this.table.records, this.#counters);
    return this.#captured;
  }
}
