import { crc32 } from 'node:zlib';
import { encodeUtf8 } from '../../../lib/wire/payloads/index.js';
import type { Frame } from '../../../lib/index.js';
import { frameMessages } from '../../../lib/recording/format/frame-messages.js';
import { toNanoseconds } from '../../../lib/recording/format/nanoseconds.js';
import { textMessage } from '../../../lib/recording/format/other-messages.js';
import { channelRecorder, type RecordedChannel } from '../../../lib/recording/format/recorded-channel.js';
import { CAMERA_METADATA, SUMMARY_METADATA, type McapMessage } from '../../../lib/recording/format/topics.js';
import { disk } from '../../../lib/recording/disk.js';
import { McapFile } from '../../../lib/recording/record/mcap-file.js';

/** A file with these messages, as `record` writes it. `summary` is what it says of itself at its end. */
export async function recordingFile(
  path: string,
  messages: readonly McapMessage[],
  summary?: Readonly<Record<string, string>>,
): Promise<string> {
  const handle = await disk.create(path, true);
  const file = new McapFile(handle, crc32);
  await file.begin('spec');
  if (summary) await file.metadata(CAMERA_METADATA, { info: '{"board":"OpenMV Cam H7"}' });
  for (const message of messages) file.add(message);
  await file.flush();
  if (summary) await file.metadata(SUMMARY_METADATA, summary);
  await file.end();
  await handle.close();
  return path;
}

/** Values of a channel, a tenth of a second after one another. */
export function valueMessages(channel: RecordedChannel, values: readonly Uint8Array[], from = 1000): McapMessage[] {
  const { topic, encode } = channelRecorder(channel);
  return values.map((bytes, index) => ({ topic, data: encode(bytes), time: toNanoseconds(from + 100 * index) }));
}

/** The same of JSON. */
export function jsonMessages(name: string, values: readonly unknown[]): McapMessage[] {
  return valueMessages(
    { name, encoding: 'json' },
    values.map((value) => encodeUtf8(JSON.stringify(value))),
  );
}

export const textMessages = (...pieces: readonly string[]): McapMessage[] =>
  pieces.map((text, index) => textMessage(text, 1000 + index));

export const framesMessages = (frames: readonly Frame[]): McapMessage[] => frames.flatMap(frameMessages);
