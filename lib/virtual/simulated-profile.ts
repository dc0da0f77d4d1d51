import { interval, type Observable, type SchedulerLike } from 'rxjs';
import { profileChannel, type ProfileChannel } from '../device/backends/profile-channel.js';
import type { Device } from '../device/device.js';
import { whileAttached } from '../device/backends/sending.js';

/** A function of a made-up firmware: its address, its own duration, and the functions that it calls. */
interface SimulatedFunction {
  readonly address: number;
  readonly ownMicroseconds: number;
  readonly calls: readonly SimulatedFunction[];
}

const fn = (address: number, ownMicroseconds: number, ...calls: SimulatedFunction[]): SimulatedFunction => ({
  address,
  ownMicroseconds,
  calls,
});

/** One iteration of a main loop that takes a picture, compresses it and prints. */
const MAIN_LOOP = fn(
  0x0802_0000,
  120,
  fn(0x0802_4000, 900, fn(0x0802_4400, 6000), fn(0x0802_4800, 350)),
  fn(0x0803_0000, 400, fn(0x0803_0800, 4200), fn(0x0803_0800, 4300), fn(0x0803_1000, 2600, fn(0x0803_1400, 80))),
  fn(0x0804_0000, 60),
);

/** The address that calls the main loop. */
const MAIN = 0x0801_0000;
const LOOP_MS = 40;
/** Addresses of functions in Thumb code are odd. */
const THUMB = 1;
const CYCLES_PER_MICROSECOND = 480;

/** Serves a profile that grows like that of a main loop, 25 times per second while a host is attached. */
export function simulateProfile(device: Device, attached$: Observable<boolean>, scheduler?: SchedulerLike): void {
  const profile = profileChannel(device);
  let microseconds = 0;
  whileAttached(attached$, interval(LOOP_MS, scheduler)).subscribe((iteration) => {
    microseconds = run(MAIN_LOOP, MAIN, microseconds, iteration, profile);
  });
}

/** Runs a function at a time, and returns when it ends. Its duration varies a little between iterations. */
function run(
  { address, ownMicroseconds, calls }: SimulatedFunction,
  caller: number,
  from: number,
  iteration: number,
  profile: ProfileChannel,
): number {
  profile.enter(address | THUMB, caller, countersAt(from, profile));
  let now = from + ownMicroseconds + ((ownMicroseconds * ((iteration * 7) % 11)) >> 5);
  calls.forEach((called, at) => (now = run(called, address + 4 * (at + 1), now, iteration + at, profile)));
  profile.exit(address | THUMB, countersAt(now, profile));
  return now;
}

/** The rate of each event follows from its number. */
function countersAt(microseconds: number, { events }: ProfileChannel) {
  const cycles = microseconds * CYCLES_PER_MICROSECOND;
  return { ticks: microseconds, cycles, events: events.map((event) => Math.floor((cycles * (1 + (event % 61))) / 64)) };
}
