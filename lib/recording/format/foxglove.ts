import { create, createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  EnumDescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  file_google_protobuf_timestamp,
} from '@bufbuild/protobuf/wkt';

/** A `google.protobuf.Timestamp`, the time since 1970. */
interface Timestamp {
  readonly seconds: bigint;
  readonly nanos: number;
}

export interface CompressedImage {
  readonly timestamp: Timestamp;
  readonly frameId: string;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly format: string;
}

export interface RawImage {
  readonly timestamp: Timestamp;
  readonly frameId: string;
  readonly width: number;
  readonly height: number;
  readonly encoding: string;
  /** The bytes per row. */
  readonly step: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

export interface Log {
  readonly timestamp: Timestamp;
  readonly level: number;
  readonly message: string;
  readonly name: string;
}

/** A protobuf message: its codec, and its descriptors for the file. */
export interface ProtobufMessage<T> {
  /** A FileDescriptorSet with all dependencies, as MCAP requires it. */
  readonly descriptors: Uint8Array<ArrayBuffer>;
  encode(message: T): Uint8Array<ArrayBuffer>;
  /** Throws for bytes that are not such a message. `data` is a view of `bytes`. */
  decode(bytes: Uint8Array): T;
}

type FieldOf = readonly [name: string, number: number, type: Type, typeName?: string];

const TIMESTAMP = '.google.protobuf.Timestamp';

/** The level `INFO` of a {@link Log}. */
export const LOG_INFO = 2;

/** The field numbers are those of Foxglove's schemas. */
export const compressedImage = foxglove<CompressedImage>('CompressedImage', [
  ['timestamp', 1, Type.MESSAGE, TIMESTAMP],
  ['frame_id', 4, Type.STRING],
  ['data', 2, Type.BYTES],
  ['format', 3, Type.STRING],
]);

export const rawImage = foxglove<RawImage>('RawImage', [
  ['timestamp', 1, Type.MESSAGE, TIMESTAMP],
  ['frame_id', 7, Type.STRING],
  ['width', 2, Type.FIXED32],
  ['height', 3, Type.FIXED32],
  ['encoding', 4, Type.STRING],
  ['step', 5, Type.FIXED32],
  ['data', 6, Type.BYTES],
]);

export const log = foxglove<Log>(
  'Log',
  [
    ['timestamp', 1, Type.MESSAGE, TIMESTAMP],
    ['level', 2, Type.ENUM, '.foxglove.Log.Level'],
    ['message', 3, Type.STRING],
    ['name', 4, Type.STRING],
    ['file', 5, Type.STRING],
    ['line', 6, Type.FIXED32],
  ],
  ['UNKNOWN', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'FATAL'],
);

export function toTimestamp(nanoseconds: bigint): Timestamp {
  return { seconds: nanoseconds / 1_000_000_000n, nanos: Number(nanoseconds % 1_000_000_000n) };
}

function foxglove<T>(name: string, fields: readonly FieldOf[], levels: readonly string[] = []): ProtobufMessage<T> {
  const level = create(EnumDescriptorProtoSchema, {
    name: 'Level',
    value: levels.map((word, number) => ({ name: word, number })),
  });
  const file = create(FileDescriptorProtoSchema, {
    name: `foxglove/${name}.proto`,
    package: 'foxglove',
    dependency: [file_google_protobuf_timestamp.proto.name],
    syntax: 'proto3',
    messageType: [{ name, field: fields.map(fieldDescriptor), enumType: levels.length > 0 ? [level] : [] }],
  });
  const set = create(FileDescriptorSetSchema, { file: [file_google_protobuf_timestamp.proto, file] });
  const message = createFileRegistry(set).getMessage(`foxglove.${name}`);
  if (!message) throw new TypeError(`foxglove.${name} is not among its descriptors`);
  return {
    descriptors: toBinary(FileDescriptorSetSchema, set),
    encode: (value) => toBinary(message, create(message, value as Record<string, unknown>)),
    decode: (bytes) => fromBinary(message, bytes) as unknown as T,
  };
}

function fieldDescriptor([name, number, type, typeName = '']: FieldOf) {
  return { name, number, type, typeName, label: FieldDescriptorProto_Label.OPTIONAL };
}
