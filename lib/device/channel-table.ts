import { OpenMVError } from '../errors.js';
import { ChannelFlag } from '../wire/flags.js';
import { CHANNEL_NAME_BYTES, encodeUtf8, type ChannelEntry } from '../wire/payloads/index.js';
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

  /** False when it is not there any more. */
  remove(channel: RegisteredChannel): boolean {
    if (!this.has(channel)) return false;
    this.slots[channel.id] = undefined;
    return true;
  }

  /** What a soft reboot does not leave. */
  dynamic(): RegisteredChannel[] {
    return this.all().filter(({ flags }) => (flags & ChannelFlag.DYNAMIC) !== 0);
  }

  find(id: number): RegisteredChannel | undefined {
    return this.slots[id];
  }

  all(): RegisteredChannel[] {
    return this.slots.filter((channel) => channel !== undefined);
  }
}

/** What a host sees of a name: its whole characters within 13 bytes, up to a NUL. */
function cut(name: string): string {
  let seen = '';
  for (const character of name) {
    if (character === '\0' || encodeUtf8(seen + character).length > CHANNEL_NAME_BYTES) break;
    seen += character;
  }
  return seen;
}
