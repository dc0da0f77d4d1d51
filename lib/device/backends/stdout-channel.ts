import type { SchedulerLike, Subscription } from 'rxjs';
import { ChannelFlag } from '../../wire/flags.js';
import { NOTIFY, encodeUtf8, type Version, versionText } from '../../wire/payloads/index.js';
import type { Device, DeviceChannel } from '../device.js';
import { StdoutRing } from './stdout-ring.js';

const LINE_END = encodeUtf8('\r\n');

/** The channel `stdout`: a ring of text, and notifications while the ring holds any (PROTOCOL 9). */
export class StdoutChannel {
  readonly #capacity: number;
  readonly #pollIntervalMs: number;
  readonly #scheduler: SchedulerLike;
  #ring: StdoutRing;
  readonly #channel: DeviceChannel;
  #timer: Subscription | undefined;
  #isHalfFullSent = false;
  #attached = false;

  constructor(device: Device, capacity: number, pollIntervalMs: number, scheduler: SchedulerLike) {
    this.#capacity = capacity;
    this.#pollIntervalMs = pollIntervalMs;
    this.#scheduler = scheduler;
    this.#ring = new StdoutRing(capacity);
    const backend = {
      poll: () => this.#ring.size > 0,
      size: () => this.#ring.size,
      read: (_: number, size: number) => {
        this.#isHalfFullSent = false;
        return this.#ring.read(size);
      },
    };
    this.#channel = device.register('stdout', backend, ChannelFlag.READ);
  }

  /** Each line and each line end enters the ring as its own string, because the ring keeps or drops whole strings. */
  print(text: string): void {
    const [first = '', ...others] = text.split('\n');
    this.#push(encodeUtf8(first));
    for (const other of others) {
      this.#push(LINE_END);
      this.#push(encodeUtf8(other));
    }
    this.#poll();
  }

  /** Without a host no timer runs and nothing is notified. */
  attach(attached: boolean): void {
    this.#attached = attached;
    this.#timer?.unsubscribe();
    this.#timer = undefined;
    this.#poll();
  }

  clear(): void {
    this.#ring = new StdoutRing(this.#capacity);
  }

  #push(bytes: Uint8Array): void {
    this.#ring.push(bytes);
    if (!this.#ring.moreThanHalfFull || this.#isHalfFullSent) return;
    this.#isHalfFullSent = true;
    this.#channel.sendEvent(NOTIFY);
  }

  #poll(): void {
    if (this.#timer || !this.#attached || this.#ring.size === 0) return;
    this.#timer = this.#scheduler.schedule(() => {
      this.#timer = undefined;
      if (this.#ring.size > 0) this.#channel.sendEvent(NOTIFY);
      this.#poll();
    }, this.#pollIntervalMs);
  }
}

/**
 * The text that MicroPython prints after a reboot: a banner, and a prompt without a line end (PROTOCOL 9).
 *
 * @param machine MicroPython's name of the board and its processor
 */
export function greeting(machine: string, version: Version): string {
  return [
    'MPY: soft reboot',
    `OpenMV v${versionText(version)}; MicroPython v1.29.0; ${machine}`,
    'Type "help()" for more information.',
    '>>> ',
  ].join('\n');
}
