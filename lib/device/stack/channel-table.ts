import { OpenMVError } from '../../errors.js';
import { ChannelFlag } from '../../wire/flags.js';
import { MAX_CHANNELS } from '../../wire/limits.js';
import { CHANNEL_NAME_BYTES, decodeUtf8, encodeUtf8, type ChannelEntry } from '../../wire/payloads/index.js';
import type { Backend } from '../backend.js';

/** A channel as the host sees it. */
export interface RegisteredChannel extends ChannelEntry {
  /** The registered name. The channel list holds its first 13 bytes, even if that cuts a character. */
  readonly fullName: string;
  readonly backend: Backend;
}

/** The channels by id. Channel 0 is the physical link. */
export class ChannelTable {
  readonly #slots: (RegisteredChannel | undefined)[];

  constructor(transportName: string) {
    this.#slots = [channelOf(0, ChannelFlag.PHYSICAL, transportName, {})];
  }

  /** @throws {OpenMVError} `TOO_LARGE` when all 32 ids are taken. */
  add(name: string, flags: number, backend: Backend): RegisteredChannel {
    const id = Array.from({ length: MAX_CHANNELS }).findIndex((_, slot) => this.#slots[slot] === undefined);
    if (id < 0)
      throw new OpenMVError('TOO_LARGE', `cannot register channel '${name}': all ${MAX_CHANNELS} ids are in use`);
    const channel = channelOf(id, flags, name, backend);
    this.#slots[id] = channel;
    return channel;
  }

  /** False when the channel was removed. Its id may belong to another channel now. */
  has(channel: RegisteredChannel): boolean {
    return this.#slots[channel.id] === channel;
  }

  /** False when the channel was removed before. */
  remove(channel: RegisteredChannel): boolean {
    if (!this.has(channel)) return false;
    this.#slots[channel.id] = undefined;
    return true;
  }

  /** The channels that a soft reboot removes. */
  dynamic(): RegisteredChannel[] {
    return this.all().filter(({ flags }) => (flags & ChannelFlag.DYNAMIC) !== 0);
  }

  find(id: number): RegisteredChannel | undefined {
    return this.#slots[id];
  }

  all(): RegisteredChannel[] {
    return this.#slots.filter((channel) => channel !== undefined);
  }
}

/** A name ends at a NUL. */
function channelOf(id: number, flags: number, name: string, backend: Backend): RegisteredChannel {
  const [fullName = ''] = name.split('\0', 1);
  const seen = decodeUtf8(encodeUtf8(fullName).subarray(0, CHANNEL_NAME_BYTES));
  return { id, flags, name: seen, fullName, backend };
}
