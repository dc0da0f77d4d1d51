import { Opcode } from '../../wire/opcode.js';
import { SMALLEST_MAX_PAYLOAD, type Packet } from '../../wire/packet.js';
import {
  CAPABILITIES_BYTES,
  decodeCapabilities,
  encodeCapabilities,
  encodeDeviceStatistics,
  encodeMemory,
  encodeSystemInfo,
  encodeVersions,
} from '../../wire/payloads/index.js';
import { Status } from '../../wire/status.js';
import type { CommandContext } from './command-context.js';
import { accept, answer, refuse, settled, type Task } from './task.js';

export function* synchronise(command: Pick<Packet, 'opcode' | 'channel'>, context: CommandContext): Task {
  context.resetState();
  yield* releaseLocks(context);
  yield* accept(command);
  context.restartSequence();
}

/** Unlocks every channel that has `unlock`, locked or not, as the firmware does. */
export function* releaseLocks(context: CommandContext): Task {
  for (const { name, backend } of context.channels.all()) {
    try {
      if (backend.unlock) yield* settled(backend.unlock());
    } catch (error) {
      context.report(name, Opcode.PROTO_SYNC, error);
    }
  }
}

export function* getCapabilities(command: Packet, { capabilities }: CommandContext): Task {
  yield* answer(command, capabilities.maxPayload, encodeCapabilities(capabilities));
}

/** Acknowledges under the old capabilities, then applies the new ones (PROTOCOL 3). */
export function* setCapabilities(command: Packet, context: CommandContext): Task {
  const { largestPayload } = context.settings;
  const wanted = command.payload.length === CAPABILITIES_BYTES ? decodeCapabilities(command.payload) : undefined;
  if (!wanted || wanted.maxPayload < SMALLEST_MAX_PAYLOAD || wanted.maxPayload > largestPayload)
    return yield* refuse(command, Status.INVALID);
  yield* accept(command);
  context.capabilities = wanted;
}

/** A repeat includes itself in the counts, but keeps the CRC of the first packet. */
export function* statistics({ opcode, channel }: Packet, { counters }: CommandContext): Task {
  const payloadNow = (): Uint8Array => encodeDeviceStatistics(counters);
  yield { kind: 'send', packet: { opcode, channel, flags: 0, payload: payloadNow() }, payloadNow };
}

export function* versions(command: Packet, { capabilities, settings }: CommandContext): Task {
  yield* answer(command, capabilities.maxPayload, encodeVersions(settings.versions));
}

export function* systemInfo(command: Packet, { capabilities, settings }: CommandContext): Task {
  yield* answer(command, capabilities.maxPayload, encodeSystemInfo(settings.systemInfo));
}

export function* memory(command: Packet, { capabilities, settings }: CommandContext): Task {
  yield* answer(command, capabilities.maxPayload, encodeMemory(settings.memory()));
}

/** Sends no answer, because the link goes away. */
export function* restart({ opcode }: Packet, context: CommandContext): Task {
  context.restart(opcode === Opcode.SYS_RESET ? 'firmware' : 'bootloader');
}
