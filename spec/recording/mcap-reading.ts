import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { McapIndexedReader, McapStreamReader, type McapTypes } from '@mcap/core';

export interface ReadMessage {
  readonly topic: string;
  readonly schema: string | undefined;
  readonly logTime: bigint;
  readonly sequence: number;
  readonly value: Record<string, unknown>;
}

export interface IndexedFile {
  readonly reader: McapIndexedReader;
  readonly messages: readonly ReadMessage[];
  readonly metadata: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** A file as MCAP's own reader finds it by its index, each message understood by the schema that the file carries. */
export async function readIndexed(file: Uint8Array): Promise<IndexedFile> {
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: () => Promise.resolve(BigInt(file.length)),
      read: (offset, length) => Promise.resolve(file.slice(Number(offset), Number(offset + length))),
    },
  });
  const messages: ReadMessage[] = [];
  for await (const message of reader.readMessages()) {
    messages.push(understood(message, reader.channelsById, reader.schemasById));
  }
  const metadata = new Map<string, Map<string, string>>();
  for await (const record of reader.readMetadata()) metadata.set(record.name, record.metadata);
  return { reader, messages, metadata };
}

/** A file as MCAP's own reader finds it from its beginning; what it says where the file makes no sense or ends early. */
export function readStreamed(file: Uint8Array): { messages: ReadMessage[]; complete: boolean } {
  const reader = new McapStreamReader();
  const schemas = new Map<number, McapTypes.Schema>();
  const channels = new Map<number, McapTypes.Channel>();
  const messages: ReadMessage[] = [];
  reader.append(file);
  for (let record; (record = reader.nextRecord());) {
    if (record.type === 'Schema') schemas.set(record.id, record);
    else if (record.type === 'Channel') channels.set(record.id, record);
    else if (record.type === 'Message') messages.push(understood(record, channels, schemas));
  }
  return { messages, complete: reader.done() };
}

function understood(
  { channelId, logTime, sequence, data }: McapTypes.Message,
  channels: ReadonlyMap<number, McapTypes.Channel>,
  schemas: ReadonlyMap<number, McapTypes.Schema>,
): ReadMessage {
  const { topic, messageEncoding, schemaId } = channels.get(channelId)!;
  const schema = schemas.get(schemaId);
  return { topic, schema: schema?.name, logTime, sequence, value: decoded(messageEncoding, schema, data) };
}

function decoded(encoding: string, schema: McapTypes.Schema | undefined, data: Uint8Array): Record<string, unknown> {
  if (encoding === 'json') return JSON.parse(Buffer.from(data).toString()) as Record<string, unknown>;
  if (encoding !== 'protobuf') return { data };
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, schema!.data));
  return fromBinary(registry.getMessage(schema!.name)!, data);
}
