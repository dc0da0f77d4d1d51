import { crc32 } from 'node:zlib';
import type { AuditedData } from './audited-data.js';
import { Fields, MAGIC, Op, recordAt, type RawRecord } from './mcap-bytes.js';

/** The end of a file: with all that helps finding things or with nothing of that, and what is wrong with it. */
export interface AuditedSummary {
  readonly kind: 'indexed' | 'bare';
  readonly faults: readonly string[];
}

/**
 * The end of an MCAP file, from behind DataEnd on, of which `data` is what lies before. Nothing, where the file ends within it, as one does
 * whose last write was cut short.
 */
export function summaryOf(bytes: Buffer, data: AuditedData, summaryAt: number): AuditedSummary | undefined {
  const faults: string[] = [];
  const fault = (is: boolean, words: string): void => {
    if (is) faults.push(words);
  };
  const records: RawRecord[] = [];
  let at = summaryAt;
  for (let record = recordAt(bytes, at); record; record = recordAt(bytes, at)) {
    records.push(record);
    at += record.length;
    if (record.op === Op.Footer) break;
  }
  const footer = records.pop();
  if (footer?.op !== Op.Footer || bytes.length < at + MAGIC.length) return undefined;
  fault(!bytes.subarray(at).equals(MAGIC), 'it does not end with the magic behind the footer');

  const offsetsFrom = records.findIndex(({ op }) => op === Op.SummaryOffset);
  const summary = offsetsFrom < 0 ? records : records.slice(0, offsetsFrom);
  const offsets = offsetsFrom < 0 ? [] : records.slice(offsetsFrom);
  const fields = new Fields(footer.content);
  const [summaryStart, offsetStart, crc] = [fields.u64(), fields.u64(), fields.u32()];
  fault(fields.left > 0, 'the footer is too long');
  fault(summaryStart !== BigInt(summary.length > 0 ? summaryAt : 0), 'the footer does not say where the summary is');
  fault(offsetStart !== BigInt(offsets[0]?.start ?? 0), 'the footer does not say where the summary offsets are');
  fault(
    crc !== 0 && crc !== crc32(bytes.subarray(summaryAt, footer.start + 9 + 16)),
    'the CRC of the summary is wrong',
  );
  fault(summary.length > 0 && crc === 0, 'the summary has no CRC');
  if (summary.length === 0) return { kind: 'bare', faults };

  const groups = grouped(summary);
  fault(groups === undefined, 'the summary is not grouped');
  const found = offsets.map(({ op, content }) => {
    const offset = new Fields(content);
    return `${op} ${offset.u8()} ${offset.u64()} ${offset.u64()} ${offset.left}`;
  });
  const wanted = (groups ?? []).map(({ op, start, length }) => `${Op.SummaryOffset} ${op} ${start} ${length} 0`);
  fault(String(found) !== String(wanted), `the summary offsets are ${found.join()} and not ${wanted.join()}`);
  for (const [op, expected] of expectations(data)) {
    const contents = summary.filter((record) => record.op === op).map(({ content }) => content.toString('hex'));
    fault(
      String(contents) !== String(expected),
      `the records 0x${op.toString(16)} of the summary are not of this file`,
    );
  }
  const known = new Set(expectations(data).keys());
  fault(
    summary.some(({ op }) => !known.has(op)),
    'the summary holds what does not belong there',
  );
  const order = summary.map(({ op }) => op);
  fault(order.indexOf(Op.Statistics) < order.lastIndexOf(Op.Channel), 'the statistics stand before the channels');
  return { kind: 'indexed', faults };
}

/** Each kind of record once; nothing where one comes back. */
function grouped(records: readonly RawRecord[]): { op: number; start: number; length: number }[] | undefined {
  const groups: { op: number; start: number; length: number }[] = [];
  for (const { op, start, length } of records) {
    const last = groups.at(-1);
    if (last?.op === op) last.length += length;
    else if (groups.some((group) => group.op === op)) return undefined;
    else groups.push({ op, start, length });
  }
  return groups;
}

/** The contents that the records of each kind must have, in hex, worked out from what the file holds. */
function expectations(data: AuditedData): Map<number, string[]> {
  return new Map([
    [Op.Schema, Array.from(data.schemas.values(), (content) => content.toString('hex'))],
    [Op.Channel, Array.from(data.channels.values(), (content) => content.toString('hex'))],
    [Op.Statistics, [statistics(data)]],
    [Op.MetadataIndex, data.metadata.map(({ record, name }) => hex(u64(record.start), u64(record.length), text(name)))],
    [Op.ChunkIndex, data.chunks.map(chunkIndex)],
  ]);
}

function chunkIndex({ record, start, end, size, indexAt, indexLength }: AuditedData['chunks'][number]): string {
  const offsets = Buffer.concat(Array.from(indexAt, ([id, at]) => [u16(id), u64(at)]).flat());
  return hex(
    ...[u64(start), u64(end), u64(record.start), u64(record.length)],
    ...[u32(offsets.length), offsets, u64(indexLength), text(''), u64(size), u64(size)],
  );
}

function statistics({ messages, schemas, channels, metadata, chunks }: AuditedData): string {
  const times = messages.map(({ logTime }) => logTime).sort((a, b) => Number(a - b));
  const counts = new Map<number, number>();
  for (const { channelId } of messages) counts.set(channelId, (counts.get(channelId) ?? 0) + 1);
  const counted = Buffer.concat(Array.from(counts, ([id, count]) => [u16(id), u64(count)]).flat());
  return hex(
    ...[u64(messages.length), u16(schemas.size), u32(channels.size), u32(0), u32(metadata.length), u32(chunks.length)],
    ...[u64(times[0] ?? 0), u64(times.at(-1) ?? 0), u32(counted.length), counted],
  );
}

const hex = (...parts: Buffer[]): string => Buffer.concat(parts).toString('hex');
const text = (value: string): Buffer => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
