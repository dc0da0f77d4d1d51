import { ChannelFlag, Flag } from '../../wire/flags.js';
import { READ_BUFFER_BYTES } from '../../wire/limits.js';
import type { Packet } from '../../wire/packet.js';
import {
  decodeIoctl,
  decodeReadRequest,
  decodeWriteRequest,
  encodeChannelList,
  encodeWords,
  IOCTL_HEAD_BYTES,
  READ_REQUEST_BYTES,
  WRITE_HEAD_BYTES,
  type ReadRequest,
} from '../../wire/payloads/index.js';
import { Status } from '../../wire/status.js';
import type { Backend } from '../backend.js';
import { bytesOf, isInteger, wordOf } from './answers.js';
import type { RegisteredChannel } from './channel-table.js';
import { attempted, type CommandContext } from './command-context.js';
import { accept, answer, refuse, settled, type Task } from './task.js';

export function* list(command: Packet, { channels, capabilities }: CommandContext): Task {
  const entries = channels.all().map(({ id, flags, fullName }) => ({ id, flags, name: fullName }));
  yield* answer(command, capabilities.maxPayload, encodeChannelList(entries));
}

/** A channel whose `poll` fails is not ready. The bits of the other channels still count. */
export function* poll(command: Packet, context: CommandContext): Task {
  let ready = 0;
  for (const { id, name, backend } of context.channels.all()) {
    try {
      if (backend.poll && (yield* settled(backend.poll()))) ready |= 1 << id;
    } catch (error) {
      context.report(name, command.opcode, error);
    }
  }
  yield* answer(command, context.capabilities.maxPayload, encodeWords(ready));
}

/** A `lock` that fails is refused as if the channel were locked. */
export function* lock(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  const locked = () => backend?.lock?.() ?? false;
  if (!context.lockLimit.refuses && (yield* attempted(command, context, locked, false))) {
    context.lockLimit.locked();
    yield* accept(command);
  } else yield* refuse(command, Status.BUSY);
}

export function* unlock(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  const unlocked = () => backend?.unlock?.() ?? false;
  if (yield* attempted(command, context, unlocked, false)) yield* accept(command);
  else yield* refuse(command, Status.BUSY);
}

/** A channel whose `size` fails has no data. */
export function* size(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  if (!backend?.size) return yield* refuse(command, Status.INVALID);
  const bytes = yield* attempted<unknown>(command, context, () => (backend as Required<Backend>).size(), 0);
  yield* answer(command, context.capabilities.maxPayload, encodeWords(wordOf(backend, 'size', bytes)));
}

/** The firmware sends a word for each number of the shape, but fills only four (PROTOCOL 3). */
export function* shape(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  if (!backend?.shape) return yield* refuse(command, Status.INVALID);
  const shaped = () => (backend as Required<Backend>).shape();
  const given = yield* attempted<unknown>(command, context, shaped, NO_NUMBERS);
  const numbers: readonly unknown[] = Array.isArray(given) ? given : NO_NUMBERS;
  const words = numbers.slice(0, SHAPE_WORDS).map((number) => wordOf(backend, 'shape', number));
  yield* answer(command, context.capabilities.maxPayload, encodeWords(...words), WORD_BYTES * numbers.length);
}

export function* read(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  const valid = command.payload.length >= READ_REQUEST_BYTES && decodeReadRequest(command.payload);
  if (!valid || valid.length === 0) yield* refuse(command, Status.INVALID);
  else if (backend?.readp) yield* readAtOnce(command, context, backend as Required<Backend>, valid);
  else if (backend?.read) yield* readInPackets(command, context, backend as Required<Backend>, valid);
  else yield* refuse(command, Status.INVALID);
}

function* readAtOnce(
  command: Packet,
  context: CommandContext,
  backend: Pick<Required<Backend>, 'readp'>,
  { offset, length }: ReadRequest,
): Task {
  const data = bytesOf('readp', yield* settled(backend.readp(offset, length)));
  if (data.length === 0 || length > Math.max(data.length, LARGEST_MEMORY)) yield* refuse(command, Status.FAILED);
  else yield* answer(command, context.capabilities.maxPayload, data, length);
}

function* readInPackets(
  { opcode, channel }: Packet,
  context: CommandContext,
  backend: Pick<Required<Backend>, 'read'>,
  { offset, length }: ReadRequest,
): Task {
  const most = Math.min(READ_BUFFER_BYTES, context.capabilities.maxPayload);
  const end = offset + length;
  for (let at = offset; at < end;) {
    const wanted = Math.min(end - at, most);
    // Copy the bytes, as the firmware does into its buffer: a repeat needs them.
    const data = bytesOf('read', yield* settled(backend.read(at, wanted))).slice(0, wanted);
    if (data.length === 0) return yield* refuse({ opcode, channel }, Status.FAILED);
    at += data.length;
    const flags = at < end ? Flag.FRAGMENT : 0;
    yield { kind: 'send', packet: { opcode, channel, flags, payload: data }, survivesReset: true };
  }
}

/** Acknowledges a write that raises an exception: the firmware takes it for −1 bytes (PROTOCOL 7). */
export function* write(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
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
  if (!isKnown(channel, request, argument.length)) return yield* refuse(command, Status.INVALID);
  const result: unknown = yield* settled(channel.backend.ioctl(request, argument.length === 0 ? undefined : argument));
  yield* isInteger(result) && result !== 0 ? refuse(command, Status.FAILED) : accept(command);
}

/** The firmware checks the requests of its own channels only. */
function isKnown({ flags, backend }: RegisteredChannel, request: number, size: number): boolean {
  return (flags & ChannelFlag.DYNAMIC) !== 0 || backend.ioctlSizes?.get(request) === size;
}

/** The number of bytes that stands for an exception. */
const RAISED = -1;
const NO_NUMBERS: readonly unknown[] = [];
/** The numbers of a shape that have a meaning (PROTOCOL 3), and the bytes of each. */
const SHAPE_WORDS = 4;
const WORD_BYTES = 4;
/** The longest read that is answered past the end of the data. No camera has more memory. */
const LARGEST_MEMORY = 64 * 1024 * 1024;

function backendOf({ channel }: Packet, { channels }: CommandContext): Backend | undefined {
  return channels.find(channel)?.backend;
}
