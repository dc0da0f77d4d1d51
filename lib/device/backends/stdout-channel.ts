import type { SchedulerLike, Subscription } from 'rxjs';
import { ChannelFlag } from '../../wire/flags.js';
import { NOTIFY, encodeUtf8, type Version } from '../../wire/payloads/index.js';
import type { Device, DeviceChannel } from '../device.js';
import { StdoutRing } from './stdout-ring.js';

const LINE_END = encodeUtf8('\r\n');

/** The channel `stdout`: a ring, and the notifications that there is something in it (PROTOCOL 9). */
export class StdoutChannel {
  private ring: StdoutRing;
  private readonly channel: DeviceChannel;
  private timer: Subscription | undefined;
  private alarmed = false;
  private attached = false;

  constructor(
    device: Device,
    private readonly capacity: number,
    private readonly pollIntervalMs: number,
    private readonly scheduler: SchedulerLike,
  ) {
    this.ring = new StdoutRing(capacity);
    const backend = {
      poll: () => this.ring.size > 0,
      size: () => this.ring.size,
      read: (_: number, size: number) => {
        this.alarmed = false;
        return this.ring.read(size);
      },
    };
    this.channel = device.register('stdout', backend, ChannelFlag.READ);
  }

  /** The text between line ends, and each line end, is a string of its own to the ring, which drops whole strings. */
  print(text: string): void {
    const [first = '', ...others] = text.split('\n');
    this.push(encodeUtf8(first));
    for (const other of others) {
      this.push(LINE_END);
      this.push(encodeUtf8(other));
    }
    this.poll();
  }

  /** Nobody is notified, and no timer runs, while no host is there. */
  attach(attached: boolean): void {
    this.attached = attached;
    this.timer?.unsubscribe();
    this.timer = undefined;
    this.poll();
  }

  clear(): void {
    this.ring = new StdoutRing(this.capacity);
  }

  private push(bytes: Uint8Array): void {
    this.ring.push(bytes);
    if (!this.ring.moreThanHalfFull || this.alarmed) return;
    this.alarmed = true;
    this.channel.sendEvent(NOTIFY);
  }

  private poll(): void {
    if (this.timer || !this.attached || this.ring.size === 0) return;
    this.timer = this.scheduler.schedule(() => {
      this.timer = undefined;
      if (this.ring.size > 0) this.channel.sendEvent(NOTIFY);
      this.poll();
    }, this.pollIntervalMs);
  }
}

/**
 * The text that MicroPython prints when it has rebooted: a banner, and a prompt without a line end (PROTOCOL 9).
 *
 * @param machine the board with its processor
 */
export function greeting(machine: string, { major, minor, patch }: Version): string {
  return [
    'MPY: soft reboot',
    `OpenMV v${major}.${minor}.${patch}; MicroPython v1.29.0; ${machine}`,
    'Type "help()" for more information.',
    '>>> ',
  ].join('\n');
}
