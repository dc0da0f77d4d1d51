import { OpenMVError } from '../../errors.js';
import { ChannelFlag } from '../../wire/flags.js';
import type { ChannelEntry } from '../../wire/payloads/index.js';

/** A channel of the camera. */
export interface ChannelInfo {
  readonly name: string;
  /** Its present address. It may be another after a soft reboot: address channels by name. */
  readonly id: number;
  /** A sum of `ChannelFlag`s, of which the following tell some. */
  readonly flags: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly lockable: boolean;
  /** Whether a script registered it, so that it goes with the script. */
  readonly dynamic: boolean;
}

export function channelInfo({ id, flags, name }: ChannelEntry): ChannelInfo {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  return {
    name,
    id,
    flags,
    readable: has(ChannelFlag.READ),
    writable: has(ChannelFlag.WRITE),
    lockable: has(ChannelFlag.LOCK),
    dynamic: has(ChannelFlag.DYNAMIC),
  };
}

/** @throws {OpenMVError} `NOT_READABLE`. */
export function requireReadable({ name, readable }: ChannelInfo): void {
  if (!readable) throw new OpenMVError('NOT_READABLE', `channel '${name}' can't be read`);
}

/** @throws {OpenMVError} `NOT_WRITABLE`. */
export function requireWritable({ name, writable }: ChannelInfo): void {
  if (!writable) throw new OpenMVError('NOT_WRITABLE', `channel '${name}' can't be written`);
}
