import { MCAP_MAGIC, McapIndexedReader, McapRecordBuilder, McapStreamReader, Opcode, type McapTypes } from '@mcap/core';
import { OpenMVError } from '../../errors.js';
import { toMilliseconds } from '../format/nanoseconds.js';
import type { McapPosition } from './mcap-records.js';
import type { ReadableFile } from './readable-file.js';

type Message = McapTypes.TypedMcapRecords['Message'];

/** The opcode and length of a record. */
const RECORD_HEAD_BYTES = 9;
/** The bytes of an uncompressed chunk before its first record. */
const CHUNK_HEAD_BYTES = RECORD_HEAD_BYTES + 8 + 8 + 8 + 4 + 4 + 8;
const LONGEST_RECORD = 256 * 1024 * 1024;
/** Records that can hold an entry. */
const ENTRY_RECORDS: ReadonlySet<number> = new Set([Opcode.MESSAGE, Opcode.CHUNK, Opcode.METADATA]);

/**
 * The index at the end of an MCAP file, which finds a time without reading the earlier part. Holds a few hundred bytes for each
 * chunk and channel.
 */
export class RecordingIndex {
  /** Ordered as in the file. */
  readonly #chunks: readonly McapTypes.ChunkIndex[];
  /** The encoded schemas and channels, which a reader needs before messages. */
  readonly #definitions: Uint8Array;
  readonly #file: ReadableFile;
  readonly #summary: McapIndexedReader;

  private constructor(file: ReadableFile, summary: McapIndexedReader) {
    this.#file = file;
    this.#summary = summary;
    this.#chunks = [...summary.chunkIndexes].sort((a, b) => Number(a.chunkStartOffset - b.chunkStartOffset));
    const builder = new McapRecordBuilder();
    for (const schema of summary.schemasById.values()) builder.writeSchema(schema);
    for (const channel of summary.channelsById.values()) builder.writeChannel(channel);
    this.#definitions = builder.buffer;
  }

  /** Rejects if the file has no index, for example after a crash, or an incomplete one. */
  static async of(file: ReadableFile): Promise<RecordingIndex> {
    const summary = await McapIndexedReader.Initialize({
      readable: {
        size: async () => BigInt(await file.size()),
        read: (offset, length) => bytesAt(file, Number(offset), Number(length)),
      },
    });
    const index = new RecordingIndex(file, summary);
    if (!(index.#isComplete() && (await index.#coversAll())))
      throw new OpenMVError('MALFORMED', 'the index does not cover the whole file');
    return index;
  }

  /** The time of the first message, in milliseconds. */
  async beganAt(): Promise<number> {
    const [chunk] = this.#chunks as [McapTypes.ChunkIndex];
    const indices = await Promise.all(Array.from(chunk.messageIndexOffsets.values(), (at) => this.#messageIndex(at)));
    const [[time]] = indices.flat().sort(([, a], [, b]) => Number(a - b)) as [[bigint, bigint]];
    return toMilliseconds(time);
  }

  /** The number of the first chunk with a message at `at` milliseconds or later; the number of chunks if there is none. */
  chunkFrom(at: number): number {
    const found = this.#chunks.findIndex(({ messageEndTime }) => toMilliseconds(messageEndTime) >= at);
    return found < 0 ? this.#chunks.length : found;
  }

  /** The position of a chunk in the file; `undefined` after the last one. */
  positionOf(chunk: number): McapPosition | undefined {
    const offset = this.#chunks[chunk]?.chunkStartOffset;
    return offset === undefined ? undefined : { offset: Number(offset), definitions: this.#definitions };
  }

  /**
   * The state at the beginning of a chunk: all schemas and channels, the metadata of that name, and the last message of each
   * wanted topic.
   */
  async standing(
    chunk: number,
    metadata: string,
    isWanted: (topic: string) => boolean,
  ): Promise<McapTypes.TypedMcapRecord[]> {
    const { schemasById, channelsById } = this.#summary;
    const records: McapTypes.TypedMcapRecord[] = [...schemasById.values(), ...channelsById.values()];
    for await (const record of this.#summary.readMetadata({ name: metadata })) records.push(record);
    for (const { id, topic } of channelsById.values()) {
      const last = isWanted(topic) ? await this.#lastBefore(chunk, id) : undefined;
      if (last) records.push(last);
    }
    return records;
  }

  async #lastBefore(chunk: number, channelId: number): Promise<Message | undefined> {
    for (let number = chunk - 1; number >= 0; number--) {
      const { messageIndexOffsets, chunkStartOffset } = this.#chunks[number] as McapTypes.ChunkIndex;
      const indexAt = messageIndexOffsets.get(channelId);
      if (indexAt === undefined) continue;
      const offsets = (await this.#messageIndex(indexAt)).map(([, offset]) => offset);
      const last = offsets.reduce((a, b) => (b > a ? b : a), -1n);
      if (last < 0n) continue;
      return this.#record('Message', Number(chunkStartOffset) + CHUNK_HEAD_BYTES + Number(last));
    }
    return undefined;
  }

  async #messageIndex(at: bigint): Promise<[time: bigint, offset: bigint][]> {
    return (await this.#record('MessageIndex', Number(at))).records;
  }

  async #record<T extends 'Message' | 'MessageIndex'>(type: T, at: number): Promise<McapTypes.TypedMcapRecords[T]> {
    const head = await bytesAt(this.#file, at, RECORD_HEAD_BYTES);
    const length = Number(new DataView(head.buffer).getBigUint64(1, true));
    const reader = new McapStreamReader({ noMagicPrefix: true });
    reader.append(this.#definitions);
    if (length < LONGEST_RECORD) reader.append(await bytesAt(this.#file, at, RECORD_HEAD_BYTES + length));
    for (let record = reader.nextRecord(); record; record = reader.nextRecord()) {
      if (record.type === type) return record as McapTypes.TypedMcapRecords[T];
    }
    throw new OpenMVError('MALFORMED', `there is no ${type} at ${at}`);
  }

  /** Compressed chunks can't be read at an offset, and chunks without a message index would have to be scanned. */
  #isComplete(): boolean {
    const { statistics, channelsById, schemasById } = this.#summary;
    const isDefined = ({ schemaId }: McapTypes.Channel): boolean => schemaId === 0 || schemasById.has(schemaId);
    return (
      Array.from(channelsById.values()).every(isDefined) &&
      this.#chunks.length > 0 &&
      statistics?.chunkCount === this.#chunks.length &&
      this.#chunks.every(
        ({ compression, messageIndexOffsets }) =>
          compression === '' &&
          messageIndexOffsets.size > 0 &&
          Array.from(messageIndexOffsets.keys()).every((id) => channelsById.has(id)),
      )
    );
  }

  /** Walks over the records that no index lists, because other programs also write messages outside of chunks. */
  async #coversAll(): Promise<boolean> {
    const { metadataIndexes, attachmentIndexes, dataEndOffset } = this.#summary;
    const indexed = new Map<number, number>();
    for (const { offset, length } of [...metadataIndexes, ...attachmentIndexes])
      indexed.set(Number(offset), Number(length));
    for (const { chunkStartOffset, chunkLength, messageIndexLength } of this.#chunks)
      indexed.set(Number(chunkStartOffset), Number(chunkLength + messageIndexLength));
    const end = Number(dataEndOffset);
    let at: number = MCAP_MAGIC.length;
    while (at < end) {
      const length = indexed.get(at);
      if (length !== undefined) {
        at += length;
        continue;
      }
      const head = await bytesAt(this.#file, at, RECORD_HEAD_BYTES);
      if (ENTRY_RECORDS.has(head[0] as number)) return false;
      at += RECORD_HEAD_BYTES + Number(new DataView(head.buffer).getBigUint64(1, true));
    }
    return at === end;
  }
}

async function bytesAt(file: ReadableFile, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const read = await file.read(bytes.subarray(done), position + done);
    if (read === 0) throw new OpenMVError('TRUNCATED', `the file ends before ${position + length}`);
    done += read;
  }
  return bytes;
}
