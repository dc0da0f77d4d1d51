import { requireOptions, type OptionNames } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { cutName } from '../../host/arguments.js';
import { structs } from '../../host/struct/struct.js';
import type { StructLayout } from '../../host/struct/layout.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import { recordsSchema, recordsToJson } from './struct-json.js';
import { CHANNEL_TOPIC, jsonTopic, type Topic } from './topics.js';

/**
 * A channel whose values are recorded, and what they are:
 *
 * - `'json'`: JSON text; `schema` is its JSON Schema, `{ type: 'object' }` where it is left out;
 * - `'cbor'`: CBOR;
 * - `'bytes'`: bytes whose meaning is not recorded;
 * - `layout`: records as `structs` reads them, such as `imuLayout`. They are written as JSON, `{ "records": [ … ] }`, with a
 *   schema that is made of the layout: integers that JSON can't hold, infinities and NaN as text, `bytes` in base64.
 */
export type RecordedChannel =
  | { readonly name: string; readonly encoding: 'json'; readonly schema?: object }
  | { readonly name: string; readonly encoding: 'cbor' | 'bytes' }
  | { readonly name: string; readonly layout: StructLayout };

/** How a channel's values are written. */
export interface ChannelRecorder {
  readonly name: string;
  readonly topic: Topic;
  readonly encode: (bytes: Uint8Array) => Uint8Array;
}

/** The key of a topic's metadata with the layout of its records. */
export const LAYOUT = 'layout';

/** `message_encoding` of what has no meaning here. */
export const BYTES_ENCODING = 'application/octet-stream';

/** @throws {OpenMVError} `INVALID_ARGUMENT` when the encoding or the layout is none. */
export function channelRecorder(channel: string | RecordedChannel): ChannelRecorder {
  const described = typeof channel === 'string' ? ({ name: channel, encoding: 'bytes' } as const) : channel;
  requireOptions<AnyChannel>('a recorded channel', described, KNOWN);
  if (typeof described.name !== 'string' || described.name === '') {
    throw new OpenMVError('INVALID_ARGUMENT', 'channels must be names, or objects with a name');
  }
  const name = cutName(described.name);
  const topic = CHANNEL_TOPIC + name;
  if ('layout' in described) {
    const { layout } = described;
    const codec = structs(layout);
    return {
      name,
      topic: jsonTopic(topic, `openmv.${name}`, recordsSchema(layout), { [LAYOUT]: JSON.stringify(layout) }),
      encode: (bytes) => encodeUtf8(JSON.stringify(recordsToJson(layout, codec.decode(bytes)))),
    };
  }
  const encode = (bytes: Uint8Array): Uint8Array => bytes;
  switch (described.encoding) {
    case 'json':
      return { name, topic: jsonTopic(topic, `openmv.${name}`, described.schema ?? { type: 'object' }), encode };
    case 'cbor':
      return { name, topic: { name: topic, messageEncoding: 'cbor' }, encode };
    case 'bytes':
      return { name, topic: { name: topic, messageEncoding: BYTES_ENCODING }, encode };
    default:
      throw new OpenMVError('INVALID_ARGUMENT', `channel '${name}' is recorded as json, cbor, bytes, or by a layout`);
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when a channel is named twice. */
export function requireDistinct(channels: readonly ChannelRecorder[]): void {
  if (new Set(channels.map(({ name }) => name)).size === channels.length) return;
  throw new OpenMVError('INVALID_ARGUMENT', 'channels must be a list that names each channel once');
}

interface AnyChannel {
  readonly name: string;
  readonly encoding?: string;
  readonly schema?: object;
  readonly layout?: StructLayout;
}

const KNOWN: OptionNames<AnyChannel> = { name: true, encoding: true, schema: true, layout: true };
