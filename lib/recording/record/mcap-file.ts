import { McapChunkBuilder, McapRecordBuilder, type McapTypes } from '@mcap/core';
import { succeeds } from './file-error.js';
import { unshared } from '../../wire/bytes.js';
import type { McapMessage, Topic } from '../format/topics.js';
import { encodeBareEnd, encodeEnd, type Crc32 } from './mcap-summary.js';
import type { RecordingFile } from './storage.js';

/**
 * Writes one MCAP file. Messages collect in a chunk, which `flush()` writes. After a failed write the file can still be
 * completed. Holds the current chunk, and about 100 bytes of index for each written chunk.
 *
 * `McapWriter` of `@mcap/core` is made of the same parts, but writes a chunk only when it is full, and can't continue after a
 * failed write.
 */
export class McapFile {
  readonly #chunk = new McapChunkBuilder({ useMessageIndex: true });
  readonly #records = new McapRecordBuilder();
  /** Records in the file, and records in the current chunk: a lost chunk must not appear in the file's summary. */
  readonly #schemas = new Map<number, McapTypes.Schema>();
  readonly #channels = new Map<number, McapTypes.Channel>();
  readonly #waitingSchemas: McapTypes.Schema[] = [];
  readonly #waitingChannels: McapTypes.Channel[] = [];
  readonly #topics = new Map<Topic, number>();
  /** Messages by channel: all, and those in written chunks. */
  readonly #added = new Map<number, number>();
  readonly #written = new Map<number, number>();
  readonly #metadata: McapTypes.MetadataIndex[] = [];
  /** The chunk index in its encoded form, which is much smaller. */
  readonly #index = new McapRecordBuilder();
  #chunks = 0;
  #times: { first: bigint; last: bigint } | undefined;
  #position = 0;
  #dataCrc = 0;
  readonly #file: RecordingFile;
  readonly #crc32: Crc32;

  constructor(file: RecordingFile, crc32: Crc32) {
    this.#file = file;
    this.#crc32 = crc32;
  }

  async begin(library: string): Promise<void> {
    this.#records.writeMagic();
    this.#records.writeHeader({ profile: '', library });
    await this.#write(this.#records.buffer);
  }

  /** Bytes of the file, including the current chunk. */
  get bytes(): number {
    return this.#position + this.#chunk.byteLength;
  }

  /** Bytes in the current chunk. */
  get waiting(): number {
    return this.#chunk.numMessages === 0 ? 0 : this.#chunk.byteLength;
  }

  add({ topic, data, time }: McapMessage): void {
    const channelId = this.#topics.get(topic) ?? this.#register(topic);
    const sequence = this.#added.get(channelId) ?? 0;
    this.#added.set(channelId, sequence + 1);
    this.#chunk.addMessage({ channelId, sequence: sequence % 2 ** 32, logTime: time, publishTime: time, data });
  }

  async metadata(name: string, entries: Readonly<Record<string, string>>): Promise<void> {
    const offset = BigInt(this.#position);
    this.#records.reset();
    const length = this.#records.writeMetadata({ name, metadata: new Map(Object.entries(entries)) });
    await this.#write(this.#records.buffer);
    this.#metadata.push({ name, offset, length });
  }

  /** Writes the chunk if it holds messages. */
  async flush(): Promise<void> {
    if (this.#chunk.numMessages === 0) return;
    const { messageStartTime, messageEndTime, buffer: records } = this.#chunk;
    const uncompressedSize = BigInt(records.length);
    const chunkStartOffset = BigInt(this.#position);
    this.#records.reset();
    const chunkLength = this.#records.writeChunk({
      messageStartTime,
      messageEndTime,
      uncompressedSize,
      uncompressedCrc: this.#crc32(records),
      compression: '',
      records,
    });
    const messageIndexOffsets = new Map<number, bigint>();
    let messageIndexLength = 0n;
    for (const index of this.#chunk.indices) {
      messageIndexOffsets.set(index.channelId, chunkStartOffset + chunkLength + messageIndexLength);
      messageIndexLength += this.#records.writeMessageIndex(index);
    }
    await this.#write(this.#records.buffer);
    this.#chunks++;
    for (const schema of this.#waitingSchemas.splice(0)) this.#schemas.set(schema.id, schema);
    for (const channel of this.#waitingChannels.splice(0)) this.#channels.set(channel.id, channel);
    this.#index.writeChunkIndex({
      messageStartTime,
      messageEndTime,
      chunkStartOffset,
      chunkLength,
      messageIndexOffsets,
      messageIndexLength,
      compression: '',
      compressedSize: uncompressedSize,
      uncompressedSize,
    });
    for (const { channelId, records: times } of this.#chunk.indices) this.#count(channelId, times.length);
    const { first = messageStartTime, last = messageEndTime } = this.#times ?? {};
    this.#times = {
      first: messageStartTime < first ? messageStartTime : first,
      last: messageEndTime > last ? messageEndTime : last,
    };
    this.#chunk.reset();
  }

  /** Ends the file after the written data. Drops the current chunk and the rest of a failed write. */
  async end(): Promise<void> {
    this.#chunk.reset();
    const contents = {
      schemas: this.#schemas,
      channels: this.#channels,
      statistics: this.#statistics(),
      metadata: this.#metadata,
      chunks: this.#index.buffer,
    };
    await this.#write(encodeEnd(contents, this.#position, this.#dataCrc, this.#crc32));
  }

  /** Tries {@link end}, then a shorter end without index for a disk that is nearly full. Resolves to true if one succeeded. */
  async endSomehow(): Promise<boolean> {
    return succeeds(this.end().catch(() => this.#write(encodeBareEnd(this.#dataCrc))));
  }

  #count(channelId: number, messages: number): void {
    this.#written.set(channelId, (this.#written.get(channelId) ?? 0) + messages);
  }

  #statistics(): McapTypes.Statistics {
    const counts = Array.from(this.#written, ([id, count]) => [id, BigInt(count)] as const);
    return {
      messageCount: counts.reduce((sum, [, count]) => sum + count, 0n),
      schemaCount: this.#schemas.size,
      channelCount: this.#channels.size,
      attachmentCount: 0,
      metadataCount: this.#metadata.length,
      chunkCount: this.#chunks,
      messageStartTime: this.#times?.first ?? 0n,
      messageEndTime: this.#times?.last ?? 0n,
      channelMessageCounts: new Map(counts),
    };
  }

  #register(topic: Topic): number {
    const { name, messageEncoding, schema, metadata } = topic;
    let schemaId = 0;
    if (schema) {
      schemaId = this.#schemas.size + this.#waitingSchemas.length + 1;
      const record = { id: schemaId, ...schema };
      this.#waitingSchemas.push(record);
      this.#chunk.addSchema(record);
    }
    const id = this.#topics.size;
    const channel = {
      id,
      schemaId,
      topic: name,
      messageEncoding,
      metadata: new Map(Object.entries(metadata ?? {})),
    };
    this.#waitingChannels.push(channel);
    this.#chunk.addChannel(channel);
    this.#topics.set(topic, id);
    return id;
  }

  /** Writes all of the records or none: truncates the file after a partial write. */
  async #write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.write(unshared(bytes));
    } catch (error) {
      await this.#file.truncate(this.#position).catch(() => undefined);
      throw error;
    }
    this.#position += bytes.length;
    this.#dataCrc = this.#crc32(bytes, this.#dataCrc);
  }
}
