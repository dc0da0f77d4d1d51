export { capture, type CaptureOptions } from './capture.js';
export { record } from './record.js';
export type { RecordedChannel } from './recorded-channel.js';
export type { RecordedFrames, RecordOptions } from './record-options.js';
export { readRecording } from './read-recording.js';
export type { RecordedValue, RecordingEntry, UnknownMessage, ValueEncoding } from './recording-entry.js';
export type { RecordingProgress } from './recording-progress.js';
export type { RecordingFile, RecordingStorage } from './storage.js';
