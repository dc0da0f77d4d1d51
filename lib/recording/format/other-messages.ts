import type { CameraEvent } from '../../host/session/camera-event.js';
import type { CameraInfo } from '../../host/camera-info.js';
import type { ChannelInfo } from '../../host/session/channel-info.js';
import { encodeUtf8, versionText } from '../../wire/payloads/index.js';
import { log, LOG_INFO, toTimestamp } from './foxglove.js';
import { toNanoseconds } from './nanoseconds.js';
import { topics, type McapMessage } from './topics.js';

/** Encodes a piece of a script's output. */
export function textMessage(text: string, at: number): McapMessage {
  const time = toNanoseconds(at);
  const timestamp = toTimestamp(time);
  return { topic: topics.text, data: log.encode({ timestamp, level: LOG_INFO, message: text, name: 'stdout' }), time };
}

export function eventMessage({ kind, channel, channelId, event, receivedAt }: CameraEvent): McapMessage {
  return { topic: topics.events, data: toJson({ kind, channel, channelId, event }), time: toNanoseconds(receivedAt) };
}

/** False for events that only announce text or frames, which are recorded themselves. */
export function isRecordedEvent({ kind }: CameraEvent): boolean {
  return kind !== 'text-ready' && kind !== 'frame-ready';
}

export function channelsMessage(channels: readonly ChannelInfo[], at: number): McapMessage {
  return { topic: topics.channels, data: toJson({ channels }), time: toNanoseconds(at) };
}

/** Describes the camera: a few entries for people, and all of it as JSON. */
export function cameraMetadata(info: CameraInfo): Readonly<Record<string, string>> {
  const { board, deviceId, versions } = info;
  return {
    board,
    deviceId,
    firmware: versionText(versions.firmware),
    protocol: versionText(versions.protocol),
    info: JSON.stringify(info),
  };
}

function toJson(value: object): Uint8Array<ArrayBuffer> {
  return encodeUtf8(JSON.stringify(value));
}
