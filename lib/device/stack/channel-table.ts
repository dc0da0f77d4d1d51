import { OpenMVError } from '../../errors.js';
import { ChannelFlag } from '../../wire/flags.js';
import { CHANNEL_NAME_BYTES, decodeUtf8, encodeUtf8, type ChannelEntry } from '../../wire/payloads/index.js';
import type { Backend } from '../backend.js';

/** Ids are the bits of a POLL (PROTOCOL 7). */
export const MAX_CHANNELS = 32;

/** A channel that the host sees. */
export interface RegisteredChannel extends ChannelEntry {
  /** The name that was registered. The list holds its first 13 bytes: a character that they cut stays cut. */
  readonly fullName: string;
  readonly backend: Backend;
}

/** The channels by id; 0 is the physical link itself. */
export class ChannelTable {
  private readonly slots: (RegisteredChannel | undefined)[];

  constructor(transportName: string) {
    this.slots = [channelOf(0, ChannelFlag.PHYSICAL, transportName, {})];
  }

  /** @throws {OpenMVError} `TOO_LARGE` when all 32 ids are taken. */
  add(name: string, flags: number, backend: Backend): RegisteredChannel {
    const id = Array.from({ length: MAX_CHANNELS }).findIndex((_, slot) => this.slots[slot] === undefined);
    if (id < 0) throw new OpenMVError('TOO_LARGE', `no id is left for channel '${name}': a camera has 32 channels`);
    const channel = channelOf(id, flags, name, backend);
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

/** A name ends at a NUL. */
function channelOf(id: number, flags: number, name: string, backend: Backend): RegisteredChannel {
  const [fullName = ''] = name.split('\0', 1);
  const seen = decodeUtf8(encodeUtf8(fullName).subarray(0, CHANNEL_NAME_BYTES));
  return { id, flags, name: seen, fullName, backend };
}
