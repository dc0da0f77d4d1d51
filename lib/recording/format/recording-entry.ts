import type { Frame } from '../../frames/frame.js';
import type { CameraEvent } from '../../host/session/camera-event.js';
import type { CameraInfo } from '../../host/camera-info.js';
import type { ChannelInfo } from '../../host/session/channel-info.js';
import type { StructLayout } from '../../host/struct/layout.js';

/** What a recorded value of a channel was said to be: see `RecordedChannel`; `records` are those with a layout. */
export type ValueEncoding = 'json' | 'cbor' | 'bytes' | 'records';

/** A value that a channel had. */
export interface RecordedValue {
  readonly kind: 'value';
  readonly at: number;
  /** The channel's name. */
  readonly channel: string;
  readonly encoding: ValueEncoding;
  /** As the camera sent it; of `records`, as their layout packs them: what was padding is zero. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it means, by its encoding; `undefined` where it is not what it was said to be. */
  readonly value: unknown;
  /** The layout of `records`. */
  readonly layout?: StructLayout;
}

/**
 * One thing that a recording tells. `at` is when the host received it, in milliseconds since 1970, or, in a wire
 * capture, since its first row.
 *
 * - `camera`: what the camera was, as far as it is known; before anything else of a file;
 * - `frame`, `text`, `event`, `channels` (the whole list), `value`: what `Camera` emitted;
 * - `unknown`: a message of a topic or a schema that this library does not write, as its bytes;
 * - `summary`: what was counted of this file, behind all the rest of a file that is whole.
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

/** A message that is none of this library's. */
export interface UnknownMessage {
  readonly kind: 'unknown';
  readonly at: number;
  readonly topic: string;
  /** The schema's name; empty where it has none. */
  readonly schema: string;
  readonly encoding: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}
