import { Flag } from '../wire/flags.js';
import { Opcode } from '../wire/opcode.js';
import type { Packet } from '../wire/packet.js';
import {
  decodeReadRequest,
  encodeChannelList,
  encodeWords,
  READ_REQUEST_BYTES,
  type ReadRequest,
} from '../wire/payloads/index.js';
import { Status } from '../wire/status.js';
import { bytesOf, wordOf } from './answers.js';
import type { Backend } from './backend.js';
import type { CommandContext } from './command-context.js';
import { accept, answer, refuse, settled, type Task } from './task.js';

export function* list(command: Packet, { channels, capabilities }: CommandContext): Task {
  yield* answer(command, capabilities.maxPayload, encodeChannelList(channels.all()));
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

export function* lock(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  if (!context.lockLimit.refuses && backend?.lock && (yield* settled(backend.lock()))) {
    context.lockLimit.locked();
    yield* accept(command);
  } else yield* refuse(command, Status.BUSY);
}

export function* unlock(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  if (backend?.unlock && (yield* settled(backend.unlock()))) yield* accept(command);
  else yield* refuse(command, Status.BUSY);
}

export function* size(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  if (!backend?.size) yield* refuse(command, Status.INVALID);
  else
    yield* answer(
      command,
      context.capabilities.maxPayload,
      encodeWords(wordOf('size', yield* settled(backend.size()))),
    );
}

export function* shape(command: Packet, context: CommandContext): Task {
  const backend = backendOf(command, context);
  if (!backend?.shape) yield* refuse(command, Status.INVALID);
  else {
    const words = (yield* settled(backend.shape())).slice(0, 4).map((number) => wordOf('shape', number));
    yield* answer(command, context.capabilities.maxPayload, encodeWords(...words));
  }
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

/** The firmware's buffer for one `read` (PROTOCOL 7). */
const LARGEST_READ = 512;
/** No camera has more to read past the end of its data: there it would be lost. */
const LARGEST_MEMORY = 64 * 1024 * 1024;

export function backendOf({ channel, opcode }: Packet, { channels }: CommandContext): Backend | undefined {
  return opcode >= Opcode.CHANNEL_LOCK ? channels.find(channel)?.backend : undefined;
}
