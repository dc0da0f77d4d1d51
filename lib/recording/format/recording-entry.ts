import type { Frame } from '../../frames/frame.js';
import type { CameraEvent } from '../../host/session/camera-event.js';
import type { CameraInfo } from '../../host/camera-info.js';
import type { ChannelInfo } from '../../host/session/channel-info.js';
import type { StructLayout } from '../../host/struct/layout.js';

/** The encoding that a recording was given for a channel's values: see `RecordedChannel`. `records` are values with a layout. */
export type ValueEncoding = 'json' | 'cbor' | 'bytes' | 'records';

/** A recorded value of a channel. */
export interface RecordedValue {
  readonly kind: 'value';
  readonly at: number;
  /** The channel's name. */
  readonly channel: string;
  readonly encoding: ValueEncoding;
  /** The bytes that the camera sent. For `records` they are packed by the layout, with zeros as padding. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The decoded value; `undefined` if the bytes do not match the encoding. */
  readonly value: unknown;
  /** The layout of `records`. */
  readonly layout?: StructLayout;
}

/**
 * One entry of a recording. `at` is the time at which the host received it, in milliseconds since 1970, or since the first row of
 * a wire capture.
 *
 * - `camera`: the camera's description, as far as it is known; first in a file;
 * - `frame`, `text`, `event`, `channels` (the whole list), `value`: the values that `Camera` emitted;
 * - `unknown`: the bytes of a message with a topic or schema of another program;
 * - `summary`: the counts of this file; last in a complete file.
 */
export type RecordingEntry =
  | { readonly kind: 'camera'; readonly info: Partial<CameraInfo> }
  | { readonly kind: 'frame'; readonly at: number; readonly frame: Frame }
  | { readonly kind: 'text'; readonly at: number; readonly text: string }
  | { readonly kind: 'event'; readonly at: number; readonly event: CameraEvent }
  | { readonly kind: 'channels'; readonly at: number; readonly channels: readonly ChannelInfo[] }
  | RecordedValue
  | UnknownMessage
  | { readonly kind: 'summary'; readonly frames: number; readonly dropped: number; readonly messages: number };

/** A message of another program. */
export interface UnknownMessage {
  readonly kind: 'unknown';
  readonly at: number;
  readonly topic: string;
  /** The schema's name; empty without a schema. */
  readonly schema: string;
  readonly encoding: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
