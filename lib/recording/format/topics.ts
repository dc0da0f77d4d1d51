import { encodeUtf8 } from '../../wire/payloads/index.js';
import { compressedImage, log, rawImage } from './foxglove.js';

/** What the messages of one kind are, as the file says it. One object a kind: it is looked up by identity. */
export interface Topic {
  readonly name: string;
  readonly messageEncoding: string;
  readonly schema?: { readonly name: string; readonly encoding: string; readonly data: Uint8Array };
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A message as it is written. */
export interface McapMessage {
  readonly topic: Topic;
  readonly data: Uint8Array;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
}

/** JSON, with its schema. */
export function jsonTopic(
  name: string,
  schemaName: string,
  schema: object,
  metadata: Readonly<Record<string, string>> = {},
): Topic {
  const data = encodeUtf8(JSON.stringify(schema));
  return { name, messageEncoding: 'json', schema: { name: schemaName, encoding: 'jsonschema', data }, metadata };
}

const number = { type: 'number' };
const integer = { type: 'integer' };
const string = { type: 'string' };
const boolean = { type: 'boolean' };
const object = (title: string, properties: object) => ({ title, type: 'object', properties });

const protobuf = (name: string, schemaName: string, data: Uint8Array): Topic => ({
  name,
  messageEncoding: 'protobuf',
  schema: { name: schemaName, encoding: 'protobuf', data },
});

/** Where a recording's messages of each kind stand. */
export const topics = {
  compressedFrames: protobuf('/frames', 'foxglove.CompressedImage', compressedImage.descriptors),
  rawFrames: protobuf('/frames/raw', 'foxglove.RawImage', rawImage.descriptors),
  /** What an image does not hold of a frame: stands before it, with the same time. */
  frameInfo: jsonTopic(
    '/frames/info',
    'openmv.FrameInfo',
    object('openmv.FrameInfo', { index: integer, width: integer, height: integer, format: string, fps: number }),
  ),
  text: protobuf('/stdout', 'foxglove.Log', log.descriptors),
  events: jsonTopic(
    '/events',
    'openmv.CameraEvent',
    object('openmv.CameraEvent', { kind: string, channel: string, channelId: integer, event: integer }),
  ),
  channels: jsonTopic(
    '/channels',
    'openmv.Channels',
    object('openmv.Channels', {
      channels: {
        type: 'array',
        items: object('openmv.Channel', {
          name: string,
          id: integer,
          flags: integer,
          readable: boolean,
          writable: boolean,
          lockable: boolean,
          dynamic: boolean,
        }),
      },
    }),
  ),
} as const;

/** What the topics of the camera's own channels begin with. */
export const CHANNEL_TOPIC = '/channel/';

/** The names of the metadata records: what the camera is, and what came of the recording. */
export const CAMERA_METADATA = 'openmv.camera';
export const SUMMARY_METADATA = 'openmv.recording';
