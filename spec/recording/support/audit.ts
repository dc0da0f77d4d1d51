import { createFileRegistry, fromBinary, type DescMessage } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { AuditedData, type SeenMessage } from './audited-data.js';
import { summaryOf } from './audited-summary.js';
import { Fields } from './mcap-bytes.js';

/** A message, understood by what the file alone says of it. */
export interface AuditedMessage {
  readonly topic: string;
  readonly schema: string;
  readonly logTime: bigint;
  readonly value: unknown;
}

export interface Audit {
  /** What is wrong with it, in words: nothing, where all of it is as the specification of MCAP says. */
  readonly faults: readonly string[];
  /** Whether it has an end: with all that helps finding things, with nothing of that, or not at all. */
  readonly end: 'indexed' | 'bare' | 'none';
  readonly messages: readonly AuditedMessage[];
  readonly chunks: number;
}

/**
 * Goes through every byte of an MCAP file by its specification: magic, opcodes, lengths, CRCs, offsets, times and counts, and
 * reads each message with the schema that the file carries. It knows nothing of the library, nor of any reader of MCAP.
 *
 * A file without an end is judged by the records that it has whole.
 */
export function audit(file: Uint8Array): Audit {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const data = new AuditedData(bytes);
  const faults = [...data.faults];
  const end = data.summaryAt === undefined ? undefined : summaryOf(bytes, data, data.summaryAt);
  faults.push(...(end?.faults ?? []));
  const readers = new Map(Array.from(data.channels, ([id, content]) => [id, channelReader(content, data.schemas)]));
  const lastSequence = new Map<number, number>();
  const messages = data.messages.flatMap((message): AuditedMessage[] => {
    const last = lastSequence.get(message.channelId) ?? -1;
    if (message.sequence !== last + 1) faults.push(`message ${message.sequence} of a channel follows ${last}`);
    lastSequence.set(message.channelId, message.sequence);
    try {
      return [readers.get(message.channelId)!(message)];
    } catch (error) {
      faults.push(`a message is not what its schema says: ${String(error)}`);
      return [];
    }
  });
  return { faults, end: end?.kind ?? 'none', messages, chunks: data.chunks.length };
}

function channelReader(
  content: Buffer,
  schemas: ReadonlyMap<number, Buffer>,
): (message: SeenMessage) => AuditedMessage {
  const fields = new Fields(content);
  fields.u16();
  const schemaId = fields.u16();
  const [topic, encoding] = [fields.string(), fields.string()];
  const schema = schemaOf(schemas.get(schemaId));
  const descriptor = encoding === 'protobuf' ? descriptorOf(schema) : undefined;
  const read = (data: Buffer): unknown => {
    if (encoding === 'json') return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
    if (encoding !== 'protobuf') return data;
    if (!descriptor) throw new TypeError(`${schema.name} is not in its own descriptors`);
    const value = fromBinary(descriptor, data);
    if (value.$unknown?.length) throw new TypeError(`it has fields that ${schema.name} does not know`);
    return value;
  };
  if (encoding === 'json' && schema.encoding !== 'jsonschema') throw new TypeError(`${topic} has no JSON Schema`);
  if (encoding === 'protobuf' && schema.encoding !== 'protobuf') throw new TypeError(`${topic} has no descriptors`);
  return ({ logTime, data }) => ({ topic, schema: schema.name, logTime, value: read(data) });
}

const descriptors = new Map<string, DescMessage | undefined>();

function descriptorOf({ name, data }: { name: string; data: Buffer }): DescMessage | undefined {
  const key = `${name} ${data.toString('base64')}`;
  if (!descriptors.has(key)) {
    descriptors.set(key, createFileRegistry(fromBinary(FileDescriptorSetSchema, data)).getMessage(name));
  }
  return descriptors.get(key);
}

function schemaOf(content: Buffer | undefined): { name: string; encoding: string; data: Buffer } {
  if (!content) return { name: '', encoding: '', data: Buffer.alloc(0) };
  const fields = new Fields(content);
  fields.u16();
  const [name, encoding] = [fields.string(), fields.string()];
  const data = fields.take(fields.u32());
  if (encoding === 'jsonschema' && (JSON.parse(data.toString()) as { type?: string }).type !== 'object')
    throw new TypeError(`the JSON Schema ${name} is not that of an object`);
  return { name, encoding, data };
}
