import { Flag } from '../../lib/wire/flags.js';
import { Opcode } from '../../lib/wire/opcode.js';
import type { Discarded, Packet } from '../../lib/wire/packet.js';
import { Reassembler, type Message } from '../../lib/wire/reassembler.js';

/** A packet of a reply of channel 3 to CHANNEL_READ, unless `rest` says otherwise. */
export function packet(
  sequence: number,
  flags: number,
  payload: readonly number[] = [],
  rest: Partial<Packet> = {},
): Packet {
  const { CHANNEL_READ: opcode } = Opcode;
  return { kind: 'packet', sequence, channel: 3, flags, opcode, payload: Uint8Array.from(payload), ...rest };
}

/** A fragment that others follow, and the last of its run. */
export const part = (sequence: number, ...payload: number[]): Packet => packet(sequence, Flag.FRAGMENT, payload);
export const last = (sequence: number, ...payload: number[]): Packet => packet(sequence, 0, payload);

export function pushed(packets: readonly Packet[], reassembler = new Reassembler()): (Message | Discarded)[] {
  return packets.flatMap((one) => reassembler.push(one));
}

export function messagesOf(packets: readonly Packet[]): Message[] {
  return pushed(packets).filter((unit) => unit.kind === 'message');
}

/** What is worth telling of a message: its first sequence, its payload and what it lacks. */
export function told(units: readonly (Message | Discarded)[]): unknown[] {
  return units.map((unit) =>
    unit.kind === 'message'
      ? [
          unit.sequence,
          Array.from(unit.payload),
          ...unit.missing.map(({ offset, length }) => `${length} missing at ${offset}`),
          ...(unit.ended ? [] : ['not ended']),
        ]
      : [unit.reason, unit.bytes],
  );
}
