import { MCAP_MAGIC, McapRecordBuilder, Opcode, type McapTypes } from '@mcap/core';

/** Computes the standard CRC-32 (ISO-HDLC) as an unsigned number. `previous` is the CRC-32 of the bytes before. */
export type Crc32 = (bytes: Uint8Array, previous?: number) => number;

/** The contents of a file's summary section. */
export interface McapContents {
  readonly schemas: ReadonlyMap<number, McapTypes.Schema>;
  readonly channels: ReadonlyMap<number, McapTypes.Channel>;
  readonly statistics: McapTypes.Statistics;
  readonly metadata: readonly McapTypes.MetadataIndex[];
  /** The encoded records of the chunk index, because there may be many. */
  readonly chunks: Uint8Array;
}

/** Encodes a file from DataEnd to its last byte, with the index that lets a reader find everything without reading all. */
export function encodeEnd(contents: McapContents, position: number, dataSectionCrc: number, crc32: Crc32): Uint8Array {
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
  const front = builder.buffer.slice();
  builder.reset();
  const chunksAt = position + front.length;
  if (contents.chunks.length > 0) {
    const groupLength = BigInt(contents.chunks.length);
    offsets.push({ groupOpcode: Opcode.CHUNK_INDEX, groupStart: BigInt(chunksAt), groupLength });
  }
  offsets.forEach((offset) => builder.writeSummaryOffset(offset));
  builder.writeFooter({
    summaryStart: BigInt(position + start),
    summaryOffsetStart: BigInt(chunksAt + contents.chunks.length),
    summaryCrc: 0,
  });
  builder.writeMagic();
  const end = new Uint8Array(front.length + contents.chunks.length + builder.length);
  end.set(front);
  end.set(contents.chunks, front.length);
  end.set(builder.buffer, front.length + contents.chunks.length);
  // The CRC covers the footer except the CRC's own four bytes.
  const crcAt = end.length - MCAP_MAGIC.length - 4;
  new DataView(end.buffer).setUint32(crcAt, crc32(end.subarray(start, crcAt)), true);
  return end;
}

/** Encodes the shortest end of a file. Without an index, readers scan the file from its beginning. */
export function encodeBareEnd(dataSectionCrc: number): Uint8Array {
  const builder = new McapRecordBuilder();
  builder.writeDataEnd({ dataSectionCrc });
  builder.writeFooter({ summaryStart: 0n, summaryOffsetStart: 0n, summaryCrc: 0 });
  builder.writeMagic();
  return builder.buffer;
}
