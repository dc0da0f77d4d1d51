import { crc32 } from 'node:zlib';
import { McapRecordBuilder, Opcode, type McapTypes } from '@mcap/core';

/** What the end of a file tells of it. */
export interface McapContents {
  readonly schemas: ReadonlyMap<number, McapTypes.Schema>;
  readonly channels: ReadonlyMap<number, McapTypes.Channel>;
  readonly statistics: McapTypes.Statistics;
  readonly metadata: readonly McapTypes.MetadataIndex[];
  readonly chunks: readonly McapTypes.ChunkIndex[];
}

/** From DataEnd to the last byte: what a reader needs to find everything without reading all. */
export function encodeEnd(contents: McapContents, position: number, dataSectionCrc: number): Uint8Array {
  const builder = new McapRecordBuilder();
  builder.writeDataEnd({ dataSectionCrc });
  const start = builder.length;
  const offsets: McapTypes.SummaryOffset[] = [];
  const group = (groupOpcode: number, write: () => void): void => {
    const before = builder.length;
    write();
    if (builder.length === before) return;
    offsets.push({
      groupOpcode,
      groupStart: BigInt(position + before),
      groupLength: BigInt(builder.length - before),
    });
  };
  group(Opcode.SCHEMA, () => contents.schemas.forEach((schema) => builder.writeSchema(schema)));
  group(Opcode.CHANNEL, () => contents.channels.forEach((channel) => builder.writeChannel(channel)));
  group(Opcode.STATISTICS, () => builder.writeStatistics(contents.statistics));
  group(Opcode.METADATA_INDEX, () => contents.metadata.forEach((index) => builder.writeMetadataIndex(index)));
  group(Opcode.CHUNK_INDEX, () => contents.chunks.forEach((index) => builder.writeChunkIndex(index)));
  const offsetsStart = builder.length;
  offsets.forEach((offset) => builder.writeSummaryOffset(offset));
  builder.writeFooter({
    summaryStart: BigInt(position + start),
    summaryOffsetStart: BigInt(position + offsetsStart),
    summaryCrc: 0,
  });
  const summary = builder.buffer.subarray(start);
  // The sum covers the footer too, but for the four bytes where it stands.
  const crcAt = summary.length - 4;
  new DataView(summary.buffer, summary.byteOffset).setUint32(crcAt, crc32(summary.subarray(0, crcAt)), true);
  builder.writeMagic();
  return builder.buffer;
}

/** The least that ends a file. Readers then go through it from its beginning. */
export function encodeBareEnd(dataSectionCrc: number): Uint8Array {
  const builder = new McapRecordBuilder();
  builder.writeDataEnd({ dataSectionCrc });
  builder.writeFooter({ summaryStart: 0n, summaryOffsetStart: 0n, summaryCrc: 0 });
  builder.writeMagic();
  return builder.buffer;
}
