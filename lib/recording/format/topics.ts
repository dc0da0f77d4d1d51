import { encodeUtf8 } from '../../wire/payloads/index.js';
import { compressedImage, log, rawImage } from './foxglove.js';

/** The channel and schema records of one kind of message. Topics are compared by identity, so there is one object per kind. */
export interface Topic {
  readonly name: string;
  readonly messageEncoding: string;
  readonly schema?: { readonly name: string; readonly encoding: string; readonly data: Uint8Array };
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A message to write. */
export interface McapMessage {
  readonly topic: Topic;
  readonly data: Uint8Array;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
}

/** Makes a topic of JSON messages with a schema. */
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

/** The topics of a recording. */
export const topics = {
  compressedFrames: protobuf('/frames', 'foxglove.CompressedImage', compressedImage.descriptors),
  rawFrames: protobuf('/frames/raw', 'foxglove.RawImage', rawImage.descriptors),
  /** The properties of a frame that its image does not hold. Written before the image, with the same time. */
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

/** The prefix of the topics of channels. */
export const CHANNEL_TOPIC = '/channel/';

/** The metadata records with the camera's description and the counts of the file. */
export const CAMERA_METADATA = 'openmv.camera';
export const SUMMARY_METADATA = 'openmv.recording';
