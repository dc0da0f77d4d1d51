import { Opcode } from '../../wire/opcode.js';
import type { Packet } from '../../wire/packet.js';
import { Status } from '../../wire/status.js';
import * as channel from './channel-commands.js';
import type { CommandContext } from './command-context.js';
import * as system from './system-commands.js';
import { refuse, type Task } from './task.js';

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
  [Opcode.CHANNEL_WRITE, channel.write],
  [Opcode.CHANNEL_IOCTL, channel.ioctl],
]);

/** Executes a command (PROTOCOL 3). An error that the command does not handle itself is reported and refused. */
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
