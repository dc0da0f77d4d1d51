import { requireOptions, type OptionNames, requireArgument } from '../../arguments.js';
import { OpenMVError } from '../../errors.js';
import { cutName } from '../../host/arguments.js';
import { structs } from '../../host/struct/struct.js';
import type { StructLayout } from '../../host/struct/layout.js';
import { encodeUtf8 } from '../../wire/payloads/index.js';
import { recordsSchema, recordsToJson } from './struct-json.js';
import { CHANNEL_TOPIC, jsonTopic, type Topic } from './topics.js';

/**
 * A channel whose values are recorded, and their encoding:
 *
 * - `'json'`: JSON text; `schema` is its JSON Schema, by default `{ type: 'object' }`;
 * - `'cbor'`: CBOR;
 * - `'bytes'`: bytes of unknown meaning;
 * - `layout`: records as `structs` reads them, such as `imuLayout`. They are written as JSON, `{ "records": [ … ] }`, with a
 *   schema made from the layout. Integers that JSON can't hold, infinities and NaN become text, and `bytes` base64.
 */
export type RecordedChannel =
  | { readonly name: string; readonly encoding: 'json'; readonly schema?: object }
  | { readonly name: string; readonly encoding: 'cbor' | 'bytes' }
  | { readonly name: string; readonly layout: StructLayout };

/** The topic and encoder of a channel's values. */
export interface ChannelRecorder {
  readonly name: string;
  readonly topic: Topic;
  readonly encode: (bytes: Uint8Array) => Uint8Array;
}

/** The metadata key of a topic that holds the layout of its records. */
export const LAYOUT = 'layout';

/** The `message_encoding` of bytes of unknown meaning. */
export const BYTES_ENCODING = 'application/octet-stream';

/** @throws {OpenMVError} `INVALID_ARGUMENT` when the encoding or the layout is wrong. */
export function channelRecorder(channel: string | RecordedChannel): ChannelRecorder {
  const described = typeof channel === 'string' ? ({ name: channel, encoding: 'bytes' } as const) : channel;
  requireOptions<AnyChannel>('a recorded channel', described, KNOWN);
  const hasName = typeof described.name === 'string' && described.name !== '';
  requireArgument(hasName, 'channels must be names, or objects with a name', channel);
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
      throw new OpenMVError(
        'INVALID_ARGUMENT',
        `channel '${name}' needs the encoding 'json', 'cbor' or 'bytes', or a layout`,
      );
  }
}

/** @throws {OpenMVError} `INVALID_ARGUMENT` when a channel is named twice. */
export function requireDistinct(channels: readonly ChannelRecorder[]): void {
  const names = channels.map(({ name }) => name);
  requireArgument(new Set(names).size === names.length, 'channels must name each channel only once', names);
}

interface AnyChannel {
  readonly name: string;
  readonly encoding?: string;
  readonly schema?: object;
  readonly layout?: StructLayout;
}

const KNOWN: OptionNames<AnyChannel> = { name: true, encoding: true, schema: true, layout: true };
