import { Opcode } from '../../wire/opcode.js';
import { decodeEvent, StdinEvent, SystemEvent } from '../../wire/payloads/index.js';
import type { Message } from '../../wire/reassembler.js';

/** Something that the camera told by itself. */
export interface CameraEvent {
  /**
   * - `channel-registered`, `channel-unregistered`, `soft-reboot`: the system's;
   * - `script-started`, `script-ended`: those of `stdin`;
   * - `text-ready`, `frame-ready`: `stdout` and `stream` have something to read;
   * - `frame-too-large`: a frame did not fit into the camera's stream buffer; found in `stdout`, while somebody listens to that;
   * - `channel`: a channel's own, whose meaning its script defines;
   * - `system`: one of the system's that this library does not know.
   */
  readonly kind:
    | 'channel-registered'
    | 'channel-unregistered'
    | 'soft-reboot'
    | 'script-started'
    | 'script-ended'
    | 'text-ready'
    | 'frame-ready'
    | 'frame-too-large'
    | 'channel'
    | 'system';
  /**
   * The name of the channel it came from: `#id` if the channel is not listed or a lower id has its name. System events carry
   * the name of channel 0.
   */
  readonly channel: string;
  readonly channelId: number;
  /** The number of the event. 0xFFFF, NOTIFY, where the camera sent none. */
  readonly event: number;
  /** When it arrived, in milliseconds of the camera's scheduler. */
  readonly receivedAt: number;
}

const systemKinds = new Map<number, CameraEvent['kind']>([
  [SystemEvent.CHANNEL_REGISTERED, 'channel-registered'],
  [SystemEvent.CHANNEL_UNREGISTERED, 'channel-unregistered'],
  [SystemEvent.SOFT_REBOOT, 'soft-reboot'],
]);

export function cameraEvent(message: Message, channel: string, receivedAt: number): CameraEvent {
  const [single = 0] = message.payload;
  // An event of one byte is not in the protocol; it is taken for what it says.
  const event = message.payload.length === 1 ? single : decodeEvent(message.payload);
  return { kind: kindOf(message, channel, event), channel, channelId: message.channel, event, receivedAt };
}

function kindOf({ opcode, channel: id }: Message, channel: string, event: number): CameraEvent['kind'] {
  if (opcode === Opcode.SYS_EVENT && id === 0) return systemKinds.get(event) ?? 'system';
  if (channel === 'stdin' && event === StdinEvent.STARTED) return 'script-started';
  if (channel === 'stdin' && event === StdinEvent.ENDED) return 'script-ended';
  if (channel === 'stdout') return 'text-ready';
  if (channel === 'stream') return 'frame-ready';
  return 'channel';
}
