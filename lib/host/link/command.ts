import { Opcode } from '../../wire/opcode.js';
import { LARGEST_PAYLOAD, NO_BYTES } from '../../wire/packet.js';
import {
  encodeCapabilities,
  encodeIoctl,
  encodeReadRequest,
  encodeWriteRequest,
  type Capabilities,
} from '../../wire/payloads/index.js';

/**
 * Whether a command may be sent anew when its reply was lost after it may have been executed.
 *
 * - `always`: executing it twice does no harm;
 * - `same-session`: so it is, but only while the camera's locks and channels are still what they were;
 * - `never`: it changes or consumes something. Its outcome is then `OUTCOME_UNKNOWN`.
 */
export type Repeatable = 'always' | 'same-session' | 'never';

/** One command as the exchange sends it. */
export interface Command {
  readonly opcode: number;
  readonly channel: number;
  /** The channel's name, for errors. Default: its number alone. */
  readonly channelName?: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly repeatable: Repeatable;
  /** `data` replies are acknowledged and may be asked for again; `none`: the link goes away instead of a reply. */
  readonly reply: 'data' | 'ack' | 'none';
  /** Bytes its reply may have at most; a device that sends more is not believed. */
  readonly replyLimit: number;
  /**
   * Bytes that may be sent during its reply beside the ACKs. The camera's buffer has no room for more: what is lost then is
   * left to the camera's own timer (PROTOCOL 5a, "Room"). Default: any.
   */
  readonly spareBytes?: number;
  /** Where a reply of several packets is put together, if it has to be copied at all. */
  readonly into?: Uint8Array<ArrayBuffer>;
}

/** 32 channels of 16 bytes are the longest list; memory pools are fewer. One u8 counts them: 4 + 24 · 255 bytes. */
const SYSTEM_REPLY_LIMIT = LARGEST_PAYLOAD;

function system(opcode: number, fields: Partial<Command> = {}): Command {
  const common = { channel: 0, payload: NO_BYTES, repeatable: 'always', reply: 'data' } as const;
  return { opcode, ...common, replyLimit: SYSTEM_REPLY_LIMIT, ...fields };
}

function onChannel(opcode: number, channel: number, fields: Partial<Command>): Command {
  return { opcode, channel, payload: NO_BYTES, repeatable: 'never', reply: 'ack', replyLimit: 0, ...fields };
}

/** The commands of PROTOCOL 3, with what each may do and get. */
export const commands = {
  sync: (): Command => system(Opcode.PROTO_SYNC, { reply: 'ack', replyLimit: 0 }),
  getCapabilities: (): Command => system(Opcode.PROTO_GET_CAPS),
  setCapabilities: (capabilities: Capabilities): Command =>
    system(Opcode.PROTO_SET_CAPS, { payload: encodeCapabilities(capabilities), reply: 'ack', replyLimit: 0 }),
  versions: (): Command => system(Opcode.PROTO_VERSION),
  statistics: (): Command => system(Opcode.PROTO_STATS),
  /** No command at all: on a channel other than 0 it is refused, which tells that the camera got so far. */
  ping: (number: number): Command => system(Opcode.PROTO_STATS, { channel: number, reply: 'ack', replyLimit: 0 }),
  systemInfo: (): Command => system(Opcode.SYS_INFO),
  memory: (): Command => system(Opcode.SYS_MEMORY),
  reset: (): Command => system(Opcode.SYS_RESET, { reply: 'none', repeatable: 'never' }),
  bootloader: (): Command => system(Opcode.SYS_BOOT, { reply: 'none', repeatable: 'never' }),
  channelList: (): Command => system(Opcode.CHANNEL_LIST),
  poll: (): Command => system(Opcode.CHANNEL_POLL),

  lock: (channel: number): Command => onChannel(Opcode.CHANNEL_LOCK, channel, {}),
  /** Not repeatable: a second UNLOCK of the stream would discard the frame that came after the first. */
  unlock: (channel: number): Command => onChannel(Opcode.CHANNEL_UNLOCK, channel, {}),
  /** A script may give more than four numbers, and the camera then sends as many words. */
  shape: (channel: number): Command =>
    onChannel(Opcode.CHANNEL_SHAPE, channel, { repeatable: 'always', reply: 'data', replyLimit: SYSTEM_REPLY_LIMIT }),
  size: (channel: number): Command =>
    onChannel(Opcode.CHANNEL_SIZE, channel, { repeatable: 'always', reply: 'data', replyLimit: 4 }),
  read: (channel: number, offset: number, length: number, repeatable: Repeatable): Command =>
    onChannel(Opcode.CHANNEL_READ, channel, {
      payload: encodeReadRequest(offset, length),
      repeatable,
      reply: 'data',
      replyLimit: length,
    }),
  write: (channel: number, offset: number, data: Uint8Array, repeatable: Repeatable): Command =>
    onChannel(Opcode.CHANNEL_WRITE, channel, { payload: encodeWriteRequest(offset, data), repeatable }),
  ioctl: (channel: number, request: number, argument: Uint8Array | undefined, repeatable: Repeatable): Command =>
    onChannel(Opcode.CHANNEL_IOCTL, channel, { payload: encodeIoctl(request, argument), repeatable }),
};
