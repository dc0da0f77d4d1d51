import { ChannelFlag } from '../wire/flags.js';
import type { Packet } from '../wire/packet.js';
import { decodeIoctl, decodeWriteRequest, IOCTL_HEAD_BYTES, WRITE_HEAD_BYTES } from '../wire/payloads/index.js';
import { Status } from '../wire/status.js';
import { isInteger } from './answers.js';
import type { Backend } from './backend.js';
import type { RegisteredChannel } from './channel-table.js';
import { attempted, type CommandContext } from './command-context.js';
import { accept, refuse, settled, type Task } from './task.js';

/** An exception is acknowledged: the firmware takes it for a number of bytes, −1 (PROTOCOL 7). */
export function* write(command: Packet, context: CommandContext): Task {
  const backend = context.channels.find(command.channel)?.backend;
  if (!backend?.write || command.payload.length < WRITE_HEAD_BYTES) return yield* refuse(command, Status.INVALID);
  const { offset, length, data } = decodeWriteRequest(command.payload);
  if (length === 0 || length > data.length) return yield* refuse(command, Status.INVALID);
  const written = () => (backend as Required<Backend>).write(offset, data.subarray(0, length));
  const consumed = yield* attempted<unknown>(command, context, written, RAISED);
  yield* isInteger(consumed) && consumed !== 0 ? accept(command) : refuse(command, Status.FAILED);
}

export function* ioctl(command: Packet, { channels }: CommandContext): Task {
  const channel = channels.find(command.channel);
  if (!channel?.backend.ioctl || command.payload.length < IOCTL_HEAD_BYTES)
    return yield* refuse(command, Status.INVALID);
  const { request, argument } = decodeIoctl(command.payload);
  if (!knows(channel, request, argument.length)) return yield* refuse(command, Status.INVALID);
  const result: unknown = yield* settled(channel.backend.ioctl(request, argument.length === 0 ? undefined : argument));
  yield* isInteger(result) && result !== 0 ? refuse(command, Status.FAILED) : accept(command);
}

const RAISED = -1;

/** Only the firmware's own channels have their requests checked. */
function knows({ flags, backend }: RegisteredChannel, request: number, size: number): boolean {
  return (flags & ChannelFlag.DYNAMIC) !== 0 || backend.ioctlSizes?.get(request) === size;
}
