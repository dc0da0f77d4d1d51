export { inMemory, type InMemoryOptions, type MemoryStorage } from './in-memory.js';
export { record, type WebRecordOptions } from './record.js';
export type { RecordedChannel } from '../format/recorded-channel.js';
export type { RecordedInput, RecordInputs } from '../record/record-inputs.js';
export type { RecordedFrames, RecordOptions } from '../record/record-options.js';
export type { RecordingProgress } from '../record/recording-progress.js';
export type { RecordingFile, RecordingStorage } from '../record/storage.js';
export { saveTo, type FileTarget, type FolderTarget, type TargetWriter } from './save-to.js';
