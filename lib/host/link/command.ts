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
 * Whether to send a command anew when its reply was lost and it may have been executed.
 *
 * - `always`: executing it twice does no harm;
 * - `same-session`: executing it twice does no harm while the camera's locks and channels stay the same;
 * - `never`: it changes or consumes something, so it errors with `OUTCOME_UNKNOWN`.
 */
export type Repeatable = 'always' | 'same-session' | 'never';

/** One command, as the exchange sends it. */
export interface Command {
  readonly opcode: number;
  readonly channel: number;
  /** The channel's name in errors. Default: its number. */
  readonly channelName?: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly repeatable: Repeatable;
  /** `data`: the reply is acknowledged and can be requested again; `none`: the link ends instead of a reply. */
  readonly reply: 'data' | 'ack' | 'none';
  /** The most bytes of its reply. A longer reply is an error of the device. */
  readonly replyLimit: number;
  /**
   * The most bytes to send during its reply, except the ACKs. More would not fit into the camera's buffer, so the camera's own
   * timer repeats lost packets from then on (PROTOCOL 5a, "Room"). Default: no limit.
   */
  readonly spareBytes?: number;
  /**
   * True if commands behind it in the same flight depend on it. A lost reply is then an error at once (`OUTCOME_UNKNOWN`), and the
   * command is not sent again behind them. Default `false`.
   */
  readonly isolated?: boolean;
  /** The target for a reply of several packets, if they have to be copied into one piece. */
  readonly into?: Uint8Array<ArrayBuffer>;
}

/** More than the longest list: 32 channels take 16 bytes each, and at most 255 memory pools take 4 + 24 · 255 bytes. */
const SYSTEM_REPLY_LIMIT = LARGEST_PAYLOAD;

function system(opcode: number, fields: Partial<Command> = {}): Command {
  const common = { channel: 0, payload: NO_BYTES, repeatable: 'always', reply: 'data' } as const;
  return { opcode, ...common, replyLimit: SYSTEM_REPLY_LIMIT, ...fields };
}

function onChannel(opcode: number, channel: number, fields: Partial<Command>): Command {
  return { opcode, channel, payload: NO_BYTES, repeatable: 'never', reply: 'ack', replyLimit: 0, ...fields };
}

/** The commands of PROTOCOL 3. */
export const commands = {
  sync: (): Command => system(Opcode.PROTO_SYNC, { reply: 'ack', replyLimit: 0 }),
  getCapabilities: (): Command => system(Opcode.PROTO_GET_CAPS),
  setCapabilities: (capabilities: Capabilities): Command =>
    system(Opcode.PROTO_SET_CAPS, { payload: encodeCapabilities(capabilities), reply: 'ack', replyLimit: 0 }),
  versions: (): Command => system(Opcode.PROTO_VERSION),
  statistics: (): Command => system(Opcode.PROTO_STATS),
  /** A command without effect: the camera refuses it on channels other than 0. The refusal proves that the camera has processed everything before. */
  ping: (number: number): Command => system(Opcode.PROTO_STATS, { channel: number, reply: 'ack', replyLimit: 0 }),
  systemInfo: (): Command => system(Opcode.SYS_INFO),
  memory: (): Command => system(Opcode.SYS_MEMORY),
  reset: (): Command => system(Opcode.SYS_RESET, { reply: 'none', repeatable: 'never' }),
  bootloader: (): Command => system(Opcode.SYS_BOOT, { reply: 'none', repeatable: 'never' }),
  channelList: (): Command => system(Opcode.CHANNEL_LIST),
  poll: (): Command => system(Opcode.CHANNEL_POLL),

  lock: (channel: number): Command => onChannel(Opcode.CHANNEL_LOCK, channel, {}),
  /** Not repeatable: a second UNLOCK of the stream would discard the next frame. */
  unlock: (channel: number): Command => onChannel(Opcode.CHANNEL_UNLOCK, channel, {}),
  /** The camera sends as many words as the script's shape has numbers, which may be more than four. */
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
