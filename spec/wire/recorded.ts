import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Decoded } from '../../lib/wire/decoder.js';
import { isPacket } from '../../lib/wire/packet.js';

const folder = new URL('../captures/', import.meta.url);

export const SIDES = ['host', 'device'] as const;
export type Side = (typeof SIDES)[number];

interface ExpectedPacket {
  readonly sequence: number;
  readonly channel: number;
  readonly flags: number;
  readonly opcode: number;
  readonly length: number;
  readonly payload?: string;
  readonly sha256?: string;
}

/** What a third decoder found in the bytes of one side. */
export interface Expected {
  readonly bytes: number;
  readonly damaged: number;
  readonly packets: readonly ExpectedPacket[];
}

/** Every capture there is, one line a side. */
export const recordings: readonly (readonly [name: string, side: Side])[] = readdirSync(folder)
  .filter((file) => file.endsWith('.expected.json'))
  .sort()
  .flatMap((file) => SIDES.map((side) => [file.replace('.expected.json', ''), side] as const));

/** What arrived of one side, chunk by chunk. */
export function received(name: string, side: Side): Uint8Array[] {
  return readFileSync(new URL(`${name}.jsonl`, folder), 'utf8')
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row) as { from: Side; hex: string; lost?: boolean })
    .filter((row) => row.from === side && row.lost !== true)
    .map((row) => Uint8Array.from(Buffer.from(row.hex, 'hex')));
}

export function receivedWhole(name: string, side: Side): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(received(name, side)));
}

export function expected(name: string, side: Side): Expected {
  const all = JSON.parse(readFileSync(new URL(`${name}.expected.json`, folder), 'utf8')) as Record<Side, Expected>;
  return all[side];
}

/** What was decoded, in the form of the expectation. */
export function summary(units: readonly Decoded[], bytes: number): Expected {
  const packets = units.filter(isPacket).map(({ sequence, channel, flags, opcode, payload }) => ({
    sequence,
    channel,
    flags,
    opcode,
    length: payload.length,
    ...(payload.length > 64
      ? { sha256: createHash('sha256').update(payload).digest('hex') }
      : { payload: Buffer.from(payload).toString('hex') }),
  }));
  const damaged = units.filter((unit) => !isPacket(unit) && unit.reason === 'payload').length;
  return { bytes, damaged, packets };
}
