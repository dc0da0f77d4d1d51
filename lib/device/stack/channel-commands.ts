import { Flag } from '../../wire/flags.js';
import { Opcode } from '../../wire/opcode.js';
import type { Packet } from '../../wire/packet.js';
import {
  decodeReadRequest,
  encodeChannelList,
  encodeWords,
  READ_REQUEST_BYTES,
  type ReadRequest,
} from '../../wire/payloads/index.js';
import { Status } from '../../wire/status.js';
import { bytesOf, wordOf } from './answers.js';
import type { Backend } from '../backend.js';
import { attempted, type CommandContext } from './command-context.js';
import { accept, answer, refuse, settled, type Task } from './task.js';

export function* list(command: Packet, { channels, capabilities }: CommandContext): Task {
  const entries = channels.all().map(({ id, flags, fullName }) => ({ id, flags, name: fullName }));
  yield* answer(command, capabilities.maxPayload, encodeChannelList(entries));
}

/** A channel whose `poll` fails is not ready; the others' bits still count. */
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

/** A channel whose `lock` fails is as good as locked by another. */
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

/** A channel whose `size` fails has nothing. */
export function* size(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  if (!backend?.size) return yield* refuse(command, Status.INVALID);
  const bytes = yield* attempted<unknown>(command, context, () => (backend as Required<Backend>).size(), 0);
  yield* answer(command, context.capabilities.maxPayload, encodeWords(wordOf(backend, 'size', bytes)));
}

/** The firmware sends as many words as the shape has numbers, of which it fills four (PROTOCOL 3). */
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
  const most = Math.min(LARGEST_READ, context.capabilities.maxPayload);
  const end = offset + length;
  for (let at = offset; at < end;) {
    const wanted = Math.min(end - at, most);
    // A copy, as in the firmware's own buffer: it may have to be sent again.
    const data = bytesOf('read', yield* settled(backend.read(at, wanted))).slice(0, wanted);
    if (data.length === 0) return yield* refuse({ opcode, channel }, Status.FAILED);
    at += data.length;
    const flags = at < end ? Flag.FRAGMENT : 0;
    yield { kind: 'send', packet: { opcode, channel, flags, payload: data }, goesOn: true };
  }
}

const NO_NUMBERS: readonly unknown[] = [];
/** The numbers of a shape that mean something (PROTOCOL 3), each of so many bytes. */
const SHAPE_WORDS = 4;
const WORD_BYTES = 4;
/** The firmware's buffer for one `read` (PROTOCOL 7). */
const LARGEST_READ = 512;
/** No camera has more to read past the end of its data: there it would be lost. */
const LARGEST_MEMORY = 64 * 1024 * 1024;

export function backendOf({ channel, opcode }: Packet, { channels }: CommandContext): Backend | undefined {
  return opcode >= Opcode.CHANNEL_LOCK ? channels.find(channel)?.backend : undefined;
}
