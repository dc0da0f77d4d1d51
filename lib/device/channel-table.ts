import { OpenMVError } from '../errors.js';
import { ChannelFlag } from '../wire/flags.js';
import { CHANNEL_NAME_BYTES, type ChannelEntry } from '../wire/payloads/index.js';
import type { Backend } from './backend.js';

/** Ids are the bits of a POLL (PROTOCOL 7). */
export const MAX_CHANNELS = 32;

/** A channel that the host sees. */
export interface RegisteredChannel extends ChannelEntry {
  readonly backend: Backend;
}

/** The channels by id; 0 is the physical link itself. */
export class ChannelTable {
  private readonly slots: (RegisteredChannel | undefined)[];

  constructor(transportName: string) {
    this.slots = [{ id: 0, flags: ChannelFlag.PHYSICAL, name: cut(transportName), backend: {} }];
  }

  /** @throws {OpenMVError} `TOO_LARGE` when all 32 ids are taken. */
  add(name: string, flags: number, backend: Backend): RegisteredChannel {
    const id = Array.from({ length: MAX_CHANNELS }).findIndex((_, slot) => this.slots[slot] === undefined);
    if (id < 0) throw new OpenMVError('TOO_LARGE', `no id is left for channel '${name}': a camera has 32 channels`);
    const channel = { id, flags, name: cut(name), backend };
    this.slots[id] = channel;
    return channel;
  }

  /** False when the channel is not there any more: its id may be another's by now. */
  has(channel: RegisteredChannel): boolean {
    return this.slots[channel.id] === channel;
  }

  remove(channel: RegisteredChannel): void {
    if (this.has(channel)) this.slots[channel.id] = undefined;
  }

  /** What a soft reboot leaves. */
  removeDynamic(): void {
    this.all()
      .filter(({ flags }) => (flags & ChannelFlag.DYNAMIC) !== 0)
      .forEach((channel) => this.remove(channel));
  }

  find(id: number): RegisteredChannel | undefined {
    return this.slots[id];
  }

  all(): RegisteredChannel[] {
    return this.slots.filter((channel) => channel !== undefined);
  }
}

function cut(name: string): string {
  return name.slice(0, CHANNEL_NAME_BYTES);
}
