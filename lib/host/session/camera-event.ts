import { Opcode } from '../../wire/opcode.js';
import { decodeEvent, StdinEvent, SystemEvent } from '../../wire/payloads/index.js';
import type { Message } from '../../wire/reassembler.js';

/** An event from the camera. */
export interface CameraEvent {
  /**
   * - `channel-registered`, `channel-unregistered`, `soft-reboot`: events of the system;
   * - `script-started`, `script-ended`: events of `stdin`;
   * - `text-ready`, `frame-ready`: `stdout` or `stream` has something to read;
   * - `frame-too-large`: a frame did not fit into the camera's stream buffer. The camera reports it in its text, so this event needs a
   *   subscriber of `stdout$`;
   * - `channel`: an event of a channel, whose meaning its script defines;
   * - `system`: an event of the system that this library does not know.
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
   * The name of the channel that sent it, or `#id` if the channel is not listed or a lower id has the same name. Events of the system have
   * the name of channel 0.
   */
  readonly channel: string;
  readonly channelId: number;
  /** The number of the event, or 0xFFFF (NOTIFY) if the camera sent none. */
  readonly event: number;
  /** The time of arrival, in milliseconds of the `Camera`'s scheduler. */
  readonly receivedAt: number;
}

const systemKinds = new Map<number, CameraEvent['kind']>([
  [SystemEvent.CHANNEL_REGISTERED, 'channel-registered'],
  [SystemEvent.CHANNEL_UNREGISTERED, 'channel-unregistered'],
  [SystemEvent.SOFT_REBOOT, 'soft-reboot'],
]);

export function cameraEvent(message: Message, channel: string, receivedAt: number): CameraEvent {
  const [single = 0] = message.payload;
  // The protocol has no events of one byte; take the byte as the number.
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
