import { crc32 } from 'node:zlib';
import { Fields, MAGIC, Op, recordAt, type RawRecord } from './mcap-bytes.js';

export interface SeenMessage {
  readonly channelId: number;
  readonly sequence: number;
  readonly logTime: bigint;
  readonly data: Buffer;
}

export interface SeenChunk {
  readonly record: RawRecord;
  readonly start: bigint;
  readonly end: bigint;
  readonly size: bigint;
  /** By channel: where its MessageIndex record begins in the file. */
  readonly indexAt: Map<number, number>;
  indexLength: number;
}

/** What the data section of an MCAP file holds, as its specification has it, and everything that is wrong with it. */
export class AuditedData {
  readonly faults: string[] = [];
  readonly schemas = new Map<number, Buffer>();
  readonly channels = new Map<number, Buffer>();
  readonly messages: SeenMessage[] = [];
  readonly chunks: SeenChunk[] = [];
  readonly metadata: { readonly record: RawRecord; readonly name: string }[] = [];
  /** Where the record behind DataEnd begins; nothing where the file ends before that. */
  summaryAt: number | undefined;
  /** The MessageIndex records that the last chunk should be followed by, by channel. */
  #awaited = new Map<number, [time: bigint, offset: bigint][]>();

  constructor(private readonly bytes: Buffer) {
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) this.faults.push('it does not begin with the magic');
    let at: number = MAGIC.length;
    for (let record = recordAt(bytes, at); record; record = recordAt(bytes, at)) {
      if ((record.op === Op.Header) !== (at === MAGIC.length)) this.#fault(record, 'the first record is the header');
      at += record.length;
      this.#record(record);
      if (record.op !== Op.DataEnd) continue;
      this.summaryAt = at;
      break;
    }
  }

  #record(record: RawRecord): void {
    if (record.op !== Op.MessageIndex && this.#awaited.size > 0) this.#fault(record, 'a message index is missing');
    if (record.op !== Op.MessageIndex) this.#awaited.clear();
    const fields = new Fields(record.content);
    switch (record.op) {
      case Op.Header:
        fields.string();
        fields.string();
        break;
      case Op.Chunk:
        this.#chunk(record, fields);
        break;
      case Op.MessageIndex:
        this.#messageIndex(record, fields);
        break;
      case Op.Metadata: {
        this.metadata.push({ record, name: fields.string() });
        const keys = fields.list((entry) => [entry.string(), entry.string()] as const).map(([key]) => key);
        if (new Set(keys).size !== keys.length) this.#fault(record, 'a key is there twice');
        break;
      }
      case Op.DataEnd: {
        const crc = fields.u32();
        if (crc !== crc32(this.bytes.subarray(0, record.start))) this.#fault(record, 'the CRC of the data is wrong');
        break;
      }
      default:
        // The specification allows more; what has an index keeps its messages in chunks.
        this.#fault(record, 'it does not belong into the data section');
    }
    if (fields.left > 0) this.#fault(record, `${fields.left} bytes are left over`);
  }

  #chunk(record: RawRecord, fields: Fields): void {
    const [start, end, size, crc] = [fields.u64(), fields.u64(), fields.u64(), fields.u32()];
    const compression = fields.string();
    const records = fields.take(Number(fields.u64()));
    if (compression !== '' || size !== BigInt(records.length)) this.#fault(record, 'its size is wrong');
    if (crc !== crc32(records)) this.#fault(record, 'its CRC is wrong');
    const times: bigint[] = [];
    let at = 0;
    for (let inner = recordAt(records, at); inner; inner = recordAt(records, at)) {
      const message = this.#inChunk(inner);
      if (message) {
        times.push(message.logTime);
        const entries = this.#awaited.get(message.channelId) ?? [];
        this.#awaited.set(message.channelId, [...entries, [message.logTime, BigInt(at)]]);
      }
      at += inner.length;
    }
    if (at !== records.length) this.#fault(record, 'a record in it is cut off');
    times.sort((a, b) => Number(a - b));
    if (times[0] !== start || times.at(-1) !== end) this.#fault(record, 'its times are not those of its messages');
    this.chunks.push({ record, start, end, size, indexAt: new Map(), indexLength: 0 });
  }

  #inChunk(record: RawRecord): SeenMessage | undefined {
    const fields = new Fields(record.content);
    switch (record.op) {
      case Op.Schema:
        this.#define(record, this.schemas, fields.u16());
        return undefined;
      case Op.Channel: {
        const id = fields.u16();
        const schema = fields.u16();
        if (schema !== 0 && !this.schemas.has(schema)) this.#fault(record, `schema ${schema} comes too late`);
        this.#define(record, this.channels, id);
        return undefined;
      }
      case Op.Message: {
        const [channelId, sequence, logTime] = [fields.u16(), fields.u32(), fields.u64()];
        fields.u64();
        if (!this.channels.has(channelId)) this.#fault(record, `channel ${channelId} comes too late`);
        const message = { channelId, sequence, logTime, data: fields.take(fields.left) };
        this.messages.push(message);
        return message;
      }
      default:
        this.#fault(record, 'it does not belong into a chunk');
        return undefined;
    }
  }

  #define(record: RawRecord, known: Map<number, Buffer>, id: number): void {
    if (known.get(id)?.equals(record.content) === false) this.#fault(record, `${id} is two things`);
    if (record.op === Op.Schema && id === 0) this.#fault(record, 'no schema is number 0');
    known.set(id, record.content);
  }

  #messageIndex(record: RawRecord, fields: Fields): void {
    const id = fields.u16();
    const entries = fields.list((entry) => [entry.u64(), entry.u64()] as const);
    const awaited = this.#awaited.get(id);
    if (String(entries) !== String(awaited)) this.#fault(record, `it is not that of channel ${id} in the chunk`);
    this.#awaited.delete(id);
    const chunk = this.chunks.at(-1);
    if (!chunk) return;
    chunk.indexAt.set(id, record.start);
    chunk.indexLength += record.length;
  }

  #fault({ op, start }: RawRecord, words: string): void {
    this.faults.push(`record 0x${op.toString(16)} at ${start}: ${words}`);
  }
}
