import { ChannelFlag } from '../../wire/flags.js';
import { Opcode } from '../../wire/opcode.js';
import type { Packet } from '../../wire/packet.js';
import { decodeIoctl, decodeWriteRequest, IOCTL_HEAD_BYTES, WRITE_HEAD_BYTES } from '../../wire/payloads/index.js';
import { Status } from '../../wire/status.js';
import type { Backend } from '../backend.js';
import { isInteger } from './answers.js';
import * as channel from './channel-commands.js';
import type { RegisteredChannel } from './channel-table.js';
import { attempted, type CommandContext } from './command-context.js';
import * as system from './system-commands.js';
import { accept, refuse, settled, type Task } from './task.js';

const RAISED = -1;

/** An exception is acknowledged: the firmware takes it for a number of bytes, −1 (PROTOCOL 7). */
function* write(command: Packet, context: CommandContext): Task {
  const backend = context.channels.find(command.channel)?.backend;
  if (!backend?.write || command.payload.length < WRITE_HEAD_BYTES) return yield* refuse(command, Status.INVALID);
  const { offset, length, data } = decodeWriteRequest(command.payload);
  if (length === 0 || length > data.length) return yield* refuse(command, Status.INVALID);
  const written = () => (backend as Required<Backend>).write(offset, data.subarray(0, length));
  const consumed = yield* attempted<unknown>(command, context, written, RAISED);
  yield* isInteger(consumed) && consumed !== 0 ? accept(command) : refuse(command, Status.FAILED);
}

function* ioctl(command: Packet, { channels }: CommandContext): Task {
  const channel = channels.find(command.channel);
  if (!channel?.backend.ioctl || command.payload.length < IOCTL_HEAD_BYTES)
    return yield* refuse(command, Status.INVALID);
  const { request, argument } = decodeIoctl(command.payload);
  if (!knows(channel, request, argument.length)) return yield* refuse(command, Status.INVALID);
  const result: unknown = yield* settled(channel.backend.ioctl(request, argument.length === 0 ? undefined : argument));
  yield* isInteger(result) && result !== 0 ? refuse(command, Status.FAILED) : accept(command);
}

/** Only the firmware's own channels have their requests checked. */
function knows({ flags, backend }: RegisteredChannel, request: number, size: number): boolean {
  return (flags & ChannelFlag.DYNAMIC) !== 0 || backend.ioctlSizes?.get(request) === size;
}

const COMMANDS: ReadonlyMap<number, (command: Packet, context: CommandContext) => Task> = new Map([
  [Opcode.PROTO_SYNC, system.synchronise],
  [Opcode.PROTO_GET_CAPS, system.getCapabilities],
  [Opcode.PROTO_SET_CAPS, system.setCapabilities],
  [Opcode.PROTO_STATS, system.statistics],
  [Opcode.PROTO_VERSION, system.versions],
  [Opcode.SYS_RESET, system.restart],
  [Opcode.SYS_BOOT, system.restart],
  [Opcode.SYS_INFO, system.systemInfo],
  [Opcode.SYS_MEMORY, system.memory],
  [Opcode.CHANNEL_LIST, channel.list],
  [Opcode.CHANNEL_POLL, channel.poll],
  [Opcode.CHANNEL_LOCK, channel.lock],
  [Opcode.CHANNEL_UNLOCK, channel.unlock],
  [Opcode.CHANNEL_SHAPE, channel.shape],
  [Opcode.CHANNEL_SIZE, channel.size],
  [Opcode.CHANNEL_READ, channel.read],
  [Opcode.CHANNEL_WRITE, write],
  [Opcode.CHANNEL_IOCTL, ioctl],
]);

/** Executes a command (PROTOCOL 3). A failure that the command has no answer of its own for is reported and refused. */
export function* execute(command: Packet, context: CommandContext): Task {
  context.counters.receivedPackets++;
  const run = COMMANDS.get(command.opcode);
  if (!run) return yield* refuse(command, Status.INVALID);
  try {
    yield* run(command, context);
  } catch (error) {
    context.report(context.channels.find(command.channel)?.name ?? '', command.opcode, error);
    yield* refuse(command, Status.FAILED);
  }
}
