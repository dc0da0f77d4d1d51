import signedCrc32 from 'crc/calculators/crc32';
import type { Observable } from 'rxjs';
import { OpenMVError } from '../../errors.js';
import type { Camera } from '../../host/camera.js';
import type { RecordInputs } from '../record/record-inputs.js';
import type { RecordOptions } from '../record/record-options.js';
import { recordTo } from '../record/record-session.js';
import type { RecordingProgress } from '../record/recording-progress.js';
import type { RecordingStorage } from '../record/storage.js';
import { OneFile } from './save-to.js';

/** What `record` records in a page, where, and for how long. */
export interface WebRecordOptions extends RecordOptions {
  /** Where files are made, since a page has no disk of its own: `saveTo(handle)` or `inMemory()`. */
  readonly storage: RecordingStorage;
}

/**
 * Records a camera, or any Observables of frames, text and values, in a page or its worker, to an MCAP file as `record` of `openmv-rx/recording` writes it in Node: the same topics, the same
 * options, the same progress, and the files are read by the same programs.
 *
 * | topic | what it is |
 * |---|---|
 * | `/frames`, `/frames/raw` | `foxglove.CompressedImage` and `foxglove.RawImage`, protobuf |
 * | `/frames/info` | of each frame, in front of it: index, width, height, format, rate; JSON |
 * | `/stdout` | what scripts print, as `foxglove.Log`, protobuf |
 * | `/events`, `/channels` | events, and the list of channels whenever it changes; JSON |
 * | `/channel/NAME` | values of a channel, see {@link RecordOptions.channels} |
 *
 * Cold: each subscription is a recording of its own, which keeps the camera's link open. Emits its progress when the file
 * is there, behind each message that was written, and when the file is whole; then completes, and the file can be taken. It ends with
 * `until$`, `durationMs` or `maxFrames`, and when all {@link RecordInputs} have completed: a stop button is a `Subject` that is `until$`. Unsubscribing finishes the
 * file in the background without telling you. To know when it is complete, end with `until$`. When a page is closed, what is lost is what its storage says.
 *
 * Frames are `lossless` unless told otherwise: the camera is held back until each was taken by the storage, and what the page
 * shows of the same camera comes at that rate. Text, events and values are never left out. Holds one chunk (`chunkBytes`, 1 MiB), one
 * frame that is being written, one that waits with `latest`, up to `maxQueuedBytes` of frames that come by themselves and of the rest each, and
 * what the storage holds.
 *
 * Needs the packages `@mcap/core` and `@bufbuild/protobuf`. With them it is as large as all that a page needs to show a camera, so that a
 * page had better load it with `import()` when somebody records.
 *
 * Errors, when the file is whole as far as that is possible: `FILE_EXISTS`; `FILE_UNAVAILABLE`, as where the person has not given permission;
 * `DISK_FULL`, of the disk, of what the browser grants a page, or of `inMemory`; `QUEUE_FULL`, see `maxQueuedBytes`; and as
 * `camera.frames$`, `stdout$` and `channel(…).value$` do, or as the inputs do, for what is recorded of these; `INVALID_ARGUMENT` for an input
 * that gives something else than it should.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the option; also of `split` where the storage is a single file.
 *
 * @example
 * ```ts
 * import { Subject } from 'rxjs';
 * import { Camera } from 'openmv-rx';
 * import { inMemory, record } from 'openmv-rx/web-recording';
 * import { webSerial } from 'openmv-rx/web-serial';
 *
 * const camera = new Camera(webSerial());
 * const stop$ = new Subject<void>();
 * const storage = inMemory();
 * record(camera, { file: 'flight.mcap', storage, until$: stop$ }).subscribe({
 *   next: ({ frames, bytes, seconds }) => console.log(frames, bytes, seconds),
 *   error: (error: unknown) => console.error(error),
 *   complete: () => storage.files.forEach(download),
 * });
 *
 * function download(file: File): void {
 *   const link = document.createElement('a');
 *   link.href = URL.createObjectURL(file);
 *   link.download = file.name;
 *   link.click();
 *   // The browser reads it behind this, and holds it until it is told that nobody will any more.
 *   setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
 * }
 * ```
 */
export function record(source: Camera | RecordInputs, options: WebRecordOptions): Observable<RecordingProgress> {
  const given = options as Partial<WebRecordOptions> | undefined;
  if (given?.split && given.storage instanceof OneFile) {
    throw new OpenMVError('INVALID_ARGUMENT', 'split needs a folder to put files in: the storage is a single file');
  }
  return recordTo(source, options, crc32);
}

/** `crc` returns signed numbers, and takes a previous CRC of 0 for a wrong start value. */
export function crc32(bytes: Uint8Array, previous?: number): number {
  return signedCrc32(bytes, previous === 0 ? undefined : previous) >>> 0;
}
