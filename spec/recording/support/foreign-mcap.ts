import { crc32 } from 'node:zlib';
import { McapChunkBuilder, McapRecordBuilder, McapStreamReader, McapWriter, type McapTypes } from '@mcap/core';
import { encodeEnd } from '../../../lib/recording/record/mcap-summary.js';

/** How another program lays out the messages of a recording. */
export type Layout = 'chunked' | 'unchunked' | 'mixed' | 'without an index' | 'without schemas at its end';

export type Compress = (bytes: Uint8Array) => { readonly compression: string; readonly compressedData: Uint8Array };

interface Contents {
  readonly schemas: ReadonlyMap<number, McapTypes.Schema>;
  readonly channels: ReadonlyMap<number, McapTypes.Channel>;
  readonly metadata: readonly McapTypes.Metadata[];
  readonly messages: readonly McapTypes.Message[];
}

/** The same messages as another program writes them. `compress` is for chunks. */
export async function rewritten(recording: Uint8Array, layout: Layout, compress?: Compress): Promise<Uint8Array> {
  const contents = contentsOf(recording);
  return layout === 'mixed' ? mixed(contents) : byWriter(contents, layout, compress);
}

function contentsOf(recording: Uint8Array): Contents {
  const reader = new McapStreamReader();
  const schemas = new Map<number, McapTypes.Schema>();
  const channels = new Map<number, McapTypes.Channel>();
  const metadata: McapTypes.Metadata[] = [];
  const messages: McapTypes.Message[] = [];
  reader.append(recording);
  for (let record; (record = reader.nextRecord());) {
    if (record.type === 'Schema') schemas.set(record.id, record);
    if (record.type === 'Channel') channels.set(record.id, record);
    if (record.type === 'Metadata') metadata.push(record);
    if (record.type === 'Message') messages.push({ ...record, data: record.data.slice() });
  }
  return { schemas, channels, metadata, messages };
}

async function byWriter(
  { schemas, channels, metadata, messages }: Contents,
  layout: Exclude<Layout, 'mixed'>,
  compressChunk?: Compress,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const isIndexed = layout !== 'without an index';
  const writer = new McapWriter({
    writable: {
      write: (bytes) => Promise.resolve(void parts.push(bytes.slice())),
      position: () => BigInt(parts.reduce((sum, { length }) => sum + length, 0)),
    },
    useChunks: layout !== 'unchunked',
    chunkSize: 5000,
    useMessageIndex: isIndexed,
    useChunkIndex: isIndexed,
    useSummaryOffsets: isIndexed,
    repeatSchemas: layout !== 'without schemas at its end',
    ...(compressChunk && { compressChunk }),
  });
  await writer.start();
  for (const record of metadata.slice(0, 1)) await writer.addMetadata(record);
  const schemaIds = new Map<number, number>([[0, 0]]);
  for (const [id, schema] of schemas) schemaIds.set(id, await writer.registerSchema(schema));
  const channelIds = new Map<number, number>();
  for (const [id, channel] of channels) {
    channelIds.set(id, await writer.registerChannel({ ...channel, schemaId: schemaIds.get(channel.schemaId)! }));
  }
  for (const message of messages) {
    await writer.addMessage({ ...message, channelId: channelIds.get(message.channelId)! });
  }
  for (const record of metadata.slice(1)) await writer.addMetadata(record);
  await writer.end();
  return Buffer.concat(parts);
}

/** Ten messages in a chunk, the next ten outside of one, and so on, with an index of the chunks. */
function mixed({ schemas, channels, metadata, messages }: Contents): Uint8Array<ArrayBuffer> {
  const builder = new McapRecordBuilder();
  builder.writeMagic();
  builder.writeHeader({ profile: '', library: 'spec' });
  schemas.forEach((schema) => builder.writeSchema(schema));
  channels.forEach((channel) => builder.writeChannel(channel));
  const indexes: McapTypes.MetadataIndex[] = metadata.map((record) => {
    const offset = BigInt(builder.length);
    return { name: record.name, offset, length: builder.writeMetadata(record) };
  });
  const chunks = new McapRecordBuilder();
  let chunkCount = 0;
  for (let at = 0; at < messages.length; at += 10) {
    const ten = messages.slice(at, at + 10);
    if ((at / 10) % 2 === 0) {
      writeChunk(ten, builder, chunks);
      chunkCount++;
    } else for (const message of ten) builder.writeMessage(message);
  }
  const times = messages.map(({ logTime }) => logTime).sort((a, b) => Number(a - b));
  const statistics = {
    messageCount: BigInt(messages.length),
    schemaCount: schemas.size,
    channelCount: channels.size,
    attachmentCount: 0,
    metadataCount: metadata.length,
    chunkCount,
    messageStartTime: times[0]!,
    messageEndTime: times.at(-1)!,
    channelMessageCounts: new Map<number, bigint>(),
  };
  const front = builder.buffer;
  const contents = { schemas, channels, statistics, metadata: indexes, chunks: chunks.buffer };
  return Buffer.concat([front, encodeEnd(contents, front.length, 0, crc32)]);
}

function writeChunk(messages: readonly McapTypes.Message[], file: McapRecordBuilder, index: McapRecordBuilder): void {
  const chunk = new McapChunkBuilder({ useMessageIndex: true });
  for (const message of messages) chunk.addMessage(message);
  const { messageStartTime, messageEndTime, buffer: records } = chunk;
  const size = BigInt(records.length);
  const chunkStartOffset = BigInt(file.length);
  const stored = { messageStartTime, messageEndTime, uncompressedSize: size, compression: '' };
  const chunkLength = file.writeChunk({ ...stored, uncompressedCrc: 0, records });
  const messageIndexOffsets = new Map<number, bigint>();
  let messageIndexLength = 0n;
  for (const one of chunk.indices) {
    messageIndexOffsets.set(one.channelId, chunkStartOffset + chunkLength + messageIndexLength);
    messageIndexLength += file.writeMessageIndex(one);
  }
  const place = { chunkStartOffset, chunkLength, messageIndexOffsets, messageIndexLength };
  index.writeChunkIndex({ ...stored, ...place, compressedSize: size });
}

/** A zstd frame of blocks that are stored as they are (RFC 8878, 3.1.1). */
export const zstd: Compress = (bytes) => {
  const head = Buffer.from('28b52ffda000000000', 'hex');
  head.writeUInt32LE(bytes.length, 5);
  const parts: Uint8Array[] = [head];
  for (let at = 0; at < bytes.length; at += 100_000) {
    const block = bytes.subarray(at, at + 100_000);
    const blockHead = Buffer.alloc(3);
    blockHead.writeUIntLE((block.length << 3) | Number(at + block.length === bytes.length), 0, 3);
    parts.push(blockHead, block);
  }
  return { compression: 'zstd', compressedData: Buffer.concat(parts) };
};

/** An LZ4 frame of blocks that are stored as they are, of 64 KiB at most, without sums. */
export const lz4: Compress = (bytes) => {
  const parts: Uint8Array[] = [Buffer.from('04224d18604082', 'hex')];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const block = bytes.subarray(at, at + 65_536);
    const blockHead = Buffer.alloc(4);
    blockHead.writeUInt32LE(0x8000_0000 + block.length);
    parts.push(blockHead, block);
  }
  return { compression: 'lz4', compressedData: Buffer.concat([...parts, Buffer.alloc(4)]) };
};
