/** The words of the MCAP specification, "Records". */
export const Op = {
  Header: 0x01,
  Footer: 0x02,
  Schema: 0x03,
  Channel: 0x04,
  Message: 0x05,
  Chunk: 0x06,
  MessageIndex: 0x07,
  ChunkIndex: 0x08,
  Statistics: 0x0b,
  Metadata: 0x0c,
  MetadataIndex: 0x0d,
  SummaryOffset: 0x0e,
  DataEnd: 0x0f,
} as const;

export const MAGIC = Buffer.from([0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]);

/** A record as it lies in the file: where it begins, opcode and length included, and its content. */
export interface RawRecord {
  readonly op: number;
  readonly start: number;
  readonly length: number;
  readonly content: Buffer;
}

/** The record that begins there; nothing where the bytes end before it does. */
export function recordAt(bytes: Buffer, start: number): RawRecord | undefined {
  if (start + 9 > bytes.length) return undefined;
  const length = 9 + Number(bytes.readBigUInt64LE(start + 1));
  if (start + length > bytes.length) return undefined;
  return { op: bytes[start]!, start, length, content: bytes.subarray(start + 9, start + length) };
}

/** The fields of a record, one after another ("Serialization"). Throws where it has fewer than are asked for. */
export class Fields {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.#at;
  }

  u8(): number {
    return this.take(1)[0]!;
  }

  u16(): number {
    return this.take(2).readUInt16LE();
  }

  u32(): number {
    return this.take(4).readUInt32LE();
  }

  u64(): bigint {
    return this.take(8).readBigUInt64LE();
  }

  string(): string {
    return new TextDecoder('utf-8', { fatal: true }).decode(this.take(this.u32()));
  }

  /** An Array or a Map: its elements fill its bytes exactly. */
  list<T>(element: (fields: Fields) => T): T[] {
    const fields = new Fields(this.take(this.u32()));
    const elements: T[] = [];
    while (fields.left > 0) elements.push(element(fields));
    return elements;
  }

  take(length: number): Buffer {
    if (length > this.left) throw new RangeError(`${length} bytes are wanted where ${this.left} are left`);
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }
}
