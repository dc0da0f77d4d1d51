import { ChannelFlag } from '../wire/flags.js';
import type { ChannelEntry } from '../wire/payloads/index.js';

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
