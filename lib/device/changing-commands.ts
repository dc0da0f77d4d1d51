import { ChannelFlag } from '../wire/flags.js';
import type { Packet } from '../wire/packet.js';
import { decodeIoctl, decodeWriteRequest, IOCTL_HEAD_BYTES, WRITE_HEAD_BYTES } from '../wire/payloads/index.js';
import { Status } from '../wire/status.js';
import type { RegisteredChannel } from './channel-table.js';
import type { CommandContext } from './command-context.js';
import { accept, refuse, settled, type Task } from './task.js';

export function* write(command: Packet, { channels }: CommandContext): Task {
  const backend = channels.find(command.channel)?.backend;
  if (!backend?.write || command.payload.length < WRITE_HEAD_BYTES) return yield* refuse(command, Status.INVALID);
  const { offset, length, data } = decodeWriteRequest(command.payload);
  if (length === 0 || length > data.length) return yield* refuse(command, Status.INVALID);
  const consumed = yield* settled(backend.write(offset, data.subarray(0, length)));
  yield* consumed === 0 ? refuse(command, Status.FAILED) : accept(command);
}

export function* ioctl(command: Packet, { channels }: CommandContext): Task {
  const channel = channels.find(command.channel);
  if (!channel?.backend.ioctl || command.payload.length < IOCTL_HEAD_BYTES)
    return yield* refuse(command, Status.INVALID);
  const { request, argument } = decodeIoctl(command.payload);
  if (!knows(channel, request, argument.length)) return yield* refuse(command, Status.INVALID);
  const failed = yield* settled(channel.backend.ioctl(request, argument.length === 0 ? undefined : argument));
  yield* failed ? refuse(command, Status.FAILED) : accept(command);
}

/** Only the firmware's own channels have their requests checked. */
function knows({ flags, backend }: RegisteredChannel, request: number, size: number): boolean {
  return (flags & ChannelFlag.DYNAMIC) !== 0 || backend.ioctlSizes?.get(request) === size;
}
