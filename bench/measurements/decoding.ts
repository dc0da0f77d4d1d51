import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decode, encodePacket, isPacket, Opcode, type Packet } from 'openmv-rx/protocol';
import { from } from 'rxjs';
import type { Pace } from '../pace.js';
import { randomBytes } from '../random-bytes.js';
import { repeated } from '../repeated.js';
import { result, type Entry, type Step } from '../result.js';

const WIRE_BYTES = 128 * 1024;
const MEMORY_PASSES = 3;

/** Bytes to packets: rates count the bytes on the wire, and memory is what remains while all packets are held. */
export function* decoding(pace: Pace): Generator<Step> {
  for (const payloadBytes of [16, 498, 4082, 8178]) {
    const packets = packetsOf(payloadBytes);
    for (const [way, chunks] of waysToArrive(packets.map((packet) => encodePacket(packet)))) {
      yield () => decodes(`${payloadBytes} B payload, ${way}`, chunks, packets, pace);
    }
  }
}

async function decodes(name: string, chunks: Uint8Array[], packets: readonly Packet[], pace: Pace): Promise<Entry[]> {
  deepStrictEqual(decoded(chunks), packets, name);
  const payloadBytes = sum(packets.map(({ payload }) => payload.length));
  const samples = await repeated(pace, () => {
    let count = 0;
    let bytes = 0;
    from(chunks)
      .pipe(decode())
      .subscribe((unit) => {
        count++;
        if (isPacket(unit)) bytes += unit.payload.length;
      });
    strictEqual(count, packets.length, name);
    strictEqual(bytes, payloadBytes, name);
  });
  const wireBytes = sum(chunks.map(({ length }) => length));
  const megabytes = samples.map((ms) => wireBytes / ms / 1000);
  const rates = samples.map((ms) => (1000 * packets.length) / ms);
  const held = Array.from({ length: MEMORY_PASSES }, () => growth(() => decoded(chunks)));
  const heap = held.map((grown) => grown.heap / packets.length);
  const external = held.map((grown) => grown.external / packets.length);
  return [
    result(name, 'MB/s', megabytes),
    result(name, 'packets/s', rates),
    result(`${name}, heap`, 'B/packet', heap),
    result(`${name}, external`, 'B/packet', external),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}

function packetsOf(payloadBytes: number): Packet[] {
  const count = Math.ceil(WIRE_BYTES / (payloadBytes + 14));
  const payloads = randomBytes(count * payloadBytes);
  return Array.from({ length: count }, (_, i) => ({
    kind: 'packet',
    sequence: i & 0xff,
    channel: 3,
    flags: 0,
    opcode: Opcode.CHANNEL_READ,
    payload: payloads.subarray(i * payloadBytes, (i + 1) * payloadBytes),
  }));
}

function waysToArrive(encoded: readonly Uint8Array[]): [way: string, chunks: Uint8Array[]][] {
  const wire = new Uint8Array(Buffer.concat(encoded));
  return [
    ['a chunk a packet', encoded.map((bytes) => bytes)],
    ['chunks of 64 B', cut(wire, 64, 64)],
    ['chunks of 4096 B off the grid', cut(wire, 1000, 4096)],
  ];
}

function cut(wire: Uint8Array, first: number, chunkBytes: number): Uint8Array[] {
  const chunks = [wire.subarray(0, first)];
  for (let at = first; at < wire.length; at += chunkBytes) chunks.push(wire.subarray(at, at + chunkBytes));
  return chunks;
}

function decoded(chunks: readonly Uint8Array[]): unknown[] {
  const units: unknown[] = [];
  from(chunks)
    .pipe(decode())
    .subscribe((unit) => units.push(unit));
  return units;
}

/** By how much the memory in use grows while what `work` returned is held. */
function growth(work: () => unknown): { heap: number; external: number } {
  collectGarbage();
  const before = process.memoryUsage();
  const held = work();
  collectGarbage();
  const after = process.memoryUsage();
  // Named once more, so that it is not garbage yet.
  strictEqual(held === undefined, false);
  return { heap: after.heapUsed - before.heapUsed, external: after.external - before.external };
}

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Twice, because what one collection frees outside of the heap is counted by the next. */
function collectGarbage(): void {
  gc();
  gc();
}
