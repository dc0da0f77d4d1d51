import type { McapTypes } from '@mcap/core';
import { messageOf, OpenMVError } from '../../errors.js';
import type { CameraEvent } from '../../host/session/camera-event.js';
import type { ChannelInfo } from '../../host/session/channel-info.js';
import { structs } from '../../host/struct/struct.js';
import type { StructLayout } from '../../host/struct/layout.js';
import { decodeUtf8, withoutMark } from '../../wire/payloads/index.js';
import { cbor } from '../../widgets/cbor.js';
import { unshared } from '../../wire/bytes.js';
import { log } from '../format/foxglove.js';
import { decodeFrame, decodeFrameInfo, type FrameInfo } from '../format/frame-messages.js';
import { toMilliseconds } from '../format/nanoseconds.js';
import { BYTES_ENCODING, LAYOUT } from '../format/recorded-channel.js';
import type { RecordedValue, RecordingEntry } from '../format/recording-entry.js';
import { recordsFromJson } from '../format/struct-json.js';
import { CAMERA_METADATA, CHANNEL_TOPIC, SUMMARY_METADATA, topics } from '../format/topics.js';

type Message = McapTypes.TypedMcapRecords['Message'];

/** Decodes the records of an MCAP file to entries. Holds the file's schemas and channels. */
export class EntryDecoder {
  readonly #schemas = new Map<number, McapTypes.Schema>();
  readonly #channels = new Map<number, McapTypes.Channel>();
  /** The info record before a frame. */
  #info: { readonly info: FrameInfo; readonly time: bigint } | undefined;

  /** @throws {OpenMVError} `MALFORMED` for a message that does not match its schema. */
  push(record: McapTypes.TypedMcapRecord): RecordingEntry | undefined {
    switch (record.type) {
      case 'Schema':
        this.#schemas.set(record.id, record);
        return undefined;
      case 'Channel':
        this.#channels.set(record.id, record);
        return undefined;
      case 'Metadata':
        return metadataEntry(record);
      case 'Message':
        return this.#decode(record);
      default:
        return undefined;
    }
  }

  #decode(message: Message): RecordingEntry | undefined {
    // The reader emits a channel before its messages.
    const channel = this.#channels.get(message.channelId) as McapTypes.Channel;
    const schema = this.#schemas.get(channel.schemaId)?.name ?? '';
    try {
      return this.#entry(message, channel, schema);
    } catch (cause) {
      const words = `a message of ${channel.topic} is not a valid ${schema || channel.messageEncoding}: ${messageOf(cause)}`;
      throw new OpenMVError('MALFORMED', words, { cause });
    }
  }

  #entry(message: Message, channel: McapTypes.Channel, schema: string): RecordingEntry | undefined {
    const { logTime } = message;
    const bytes = unshared(message.data);
    const { topic } = channel;
    const at = toMilliseconds(logTime);
    const is = (known: { readonly name: string; readonly schema?: { readonly name: string } }): boolean =>
      topic === known.name && schema === known.schema?.name;
    if (is(topics.frameInfo)) {
      this.#info = { info: decodeFrameInfo(bytes), time: logTime };
      return undefined;
    }
    // An image without an info record is another program's, and an image alone does not describe a frame.
    if ((is(topics.compressedFrames) || is(topics.rawFrames)) && this.#info?.time === logTime) {
      return { kind: 'frame', at, frame: decodeFrame(this.#info.info, bytes, at) };
    }
    if (is(topics.text)) return { kind: 'text', at, text: log.decode(bytes).message };
    if (is(topics.events)) {
      const event = json(bytes) as Omit<CameraEvent, 'receivedAt'>;
      return { kind: 'event', at, event: { ...event, receivedAt: at } };
    }
    if (is(topics.channels)) return { kind: 'channels', at, channels: channelList(bytes) };
    const value = topic.startsWith(CHANNEL_TOPIC) ? channelValue(channel, bytes, at) : undefined;
    return value ?? { kind: 'unknown', at, topic, schema, encoding: channel.messageEncoding, bytes };
  }
}

function channelList(bytes: Uint8Array): readonly ChannelInfo[] {
  const { channels } = json(bytes) as { channels?: readonly Partial<ChannelInfo>[] };
  const isList = Array.isArray(channels) && channels.every(({ name }) => typeof name === 'string');
  if (!isList) throw new TypeError('it has no list of channels');
  return channels as readonly ChannelInfo[];
}

function channelValue(
  channel: McapTypes.Channel,
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
): RecordedValue | undefined {
  const name = channel.topic.slice(CHANNEL_TOPIC.length);
  const layout = channel.metadata.get(LAYOUT);
  if (layout !== undefined) {
    const fields = json(layout) as StructLayout;
    const value = recordsFromJson(fields, json(bytes));
    const packed = structs(fields).encode(value as never);
    return { kind: 'value', at, channel: name, encoding: 'records', bytes: unshared(packed), value, layout: fields };
  }
  const decode = decoders.get(channel.messageEncoding);
  if (!decode) return undefined;
  return {
    kind: 'value',
    at,
    channel: name,
    encoding: decode.encoding,
    bytes,
    value: orUndefined(decode.decode, bytes),
  };
}

const decoders = new Map<
  string,
  { encoding: RecordedValue['encoding']; decode: (bytes: Uint8Array<ArrayBuffer>) => unknown }
>([
  ['json', { encoding: 'json', decode: json }],
  ['cbor', { encoding: 'cbor', decode: (bytes) => cbor().decode(bytes) }],
  [BYTES_ENCODING, { encoding: 'bytes', decode: (bytes) => bytes }],
]);

/** The values of a script may not match the encoding that the recording was given. */
function orUndefined<T>(decode: (written: T) => unknown, written: T): unknown {
  try {
    return decode(written);
  } catch {
    return undefined;
  }
}

function metadataEntry({ name, metadata }: McapTypes.Metadata): RecordingEntry | undefined {
  if (name === CAMERA_METADATA) {
    // This record comes first and has no checksum: damage in it must not cost the rest of the file.
    return { kind: 'camera', info: orUndefined(json, metadata.get('info') ?? '{}') ?? {} };
  }
  if (name !== SUMMARY_METADATA) return undefined;
  const count = (key: string): number => Number(metadata.get(key) ?? 0);
  return { kind: 'summary', frames: count('frames'), dropped: count('dropped'), messages: count('messages') };
}

function json(text: Uint8Array | string): unknown {
  return JSON.parse(withoutMark(typeof text === 'string' ? text : decodeUtf8(text)));
}
