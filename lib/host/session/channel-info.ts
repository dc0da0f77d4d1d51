import { OpenMVError } from '../../errors.js';
import { ChannelFlag } from '../../wire/flags.js';
import type { ChannelEntry } from '../../wire/payloads/index.js';

/** A channel of the camera. */
export interface ChannelInfo {
  readonly name: string;
  /** The current id. It may change with a soft reboot, so address channels by name. */
  readonly id: number;
  /** The sum of the channel's `ChannelFlag`s; the properties below are some of them. */
  readonly flags: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly lockable: boolean;
  /** True if a script registered the channel. It is unregistered with the script. */
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

/** @throws {OpenMVError} `NOT_READABLE` if the channel does not have the flag. */
export function requireReadable({ name, readable }: ChannelInfo): void {
  if (!readable) throw new OpenMVError('NOT_READABLE', `channel '${name}' can't be read`);
}

/** @throws {OpenMVError} `NOT_WRITABLE` if the channel does not have the flag. */
export function requireWritable({ name, writable }: ChannelInfo): void {
  if (!writable) throw new OpenMVError('NOT_WRITABLE', `channel '${name}' can't be written`);
}
