import { OpenMVError } from '../../errors.js';
import { decodeUtf8, encodeUtf8 } from './layout.js';

/** An entry of the camera's channel list (PROTOCOL 3, "channel entry"). */
export interface ChannelEntry {
  /** The channel's address until the camera's next soft reboot. */
  readonly id: number;
  /** A sum of `ChannelFlag`s. */
  readonly flags: number;
  /** At most 13 bytes of UTF-8. */
  readonly name: string;
}

/** Bytes of the longest channel name. The camera cuts longer ones. */
export const CHANNEL_NAME_BYTES = 13;

const ENTRY_BYTES = 16;
const NAME_AT = 2;

export function encodeChannelList(channels: readonly ChannelEntry[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ENTRY_BYTES * channels.length);
  channels.forEach(({ id, flags, name }, index) => {
    const at = ENTRY_BYTES * index;
    bytes.set([id, flags], at);
    bytes.set(encodeUtf8(name).subarray(0, CHANNEL_NAME_BYTES), at + NAME_AT);
  });
  return bytes;
}

/** @throws {OpenMVError} `MALFORMED` when the payload is not a whole number of entries of 16 bytes. */
export function decodeChannelList(payload: Uint8Array): ChannelEntry[] {
  if (payload.length % ENTRY_BYTES !== 0)
    throw new OpenMVError('MALFORMED', `a channel list takes a multiple of 16 bytes, not ${payload.length}`);
  return Array.from({ length: payload.length / ENTRY_BYTES }, (_, index) => {
    const entry = payload.subarray(ENTRY_BYTES * index, ENTRY_BYTES * (index + 1));
    const [id = 0, flags = 0] = entry;
    const name = entry.subarray(NAME_AT);
    const end = name.indexOf(0);
    return { id, flags, name: decodeUtf8(end < 0 ? name : name.subarray(0, end)) };
  });
}
