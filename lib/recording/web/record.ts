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

/** Options of `record` in a page. */
export interface WebRecordOptions extends RecordOptions {
  /** The storage that creates files, because a page has no disk of its own: `saveTo(handle)` or `inMemory()`. */
  readonly storage: RecordingStorage;
}

/**
 * Records a camera, or any Observables of frames, text and values, to an MCAP file in a page or its worker. Topics, options and
 * progress are the same as those of `record` in `openmv-rx/recording`, and the same programs read the files.
 *
 * | topic | content |
 * |---|---|
 * | `/frames`, `/frames/raw` | `foxglove.CompressedImage` and `foxglove.RawImage`, protobuf |
 * | `/frames/info` | before each frame: index, width, height, format, rate; JSON |
 * | `/stdout` | the text that scripts print, as `foxglove.Log`, protobuf |
 * | `/events`, `/channels` | events, and the list of channels whenever it changes; JSON |
 * | `/channel/NAME` | values of a channel, see {@link RecordOptions.channels} |
 *
 * Cold: each subscription makes its own recording and keeps the camera's link open. Emits its progress when the file exists,
 * after each message is written, and when the file is complete; then completes. A recording ends with `until$`, `durationMs` or
 * `maxFrames`, and when all {@link RecordInputs} have completed. For a stop button, pass a `Subject` as `until$`. If you
 * unsubscribe, the file is finished in the background and you are not notified; use `until$` to know when it is complete. The
 * storage's documentation says which data is lost when the page closes.
 *
 * Frames are `'lossless'` by default: the camera waits until the storage has written each frame, and a view of the same camera
 * runs at that rate. Text, events and values are never dropped. Holds one chunk (`chunkBytes`, 1 MiB), the frame that is being
 * written, one waiting frame with `latest`, up to `maxQueuedBytes` of pushed frames and the same of everything else, and the
 * contents of the storage.
 *
 * Needs the packages `@mcap/core` and `@bufbuild/protobuf`. Together they are as large as everything that a page needs to show a
 * camera, so load this module with `import()` when a recording starts.
 *
 * Before it errors, it completes the file as far as possible. Errors with `FILE_EXISTS`; with `FILE_UNAVAILABLE`, for example
 * without permission; with `DISK_FULL` for a full disk, the browser's quota or the limit of `inMemory`; with `QUEUE_FULL`, see
 * `maxQueuedBytes`; with the errors of the recorded `camera.frames$`, `stdout$`, `channel(…).value$` or inputs; and with
 * `INVALID_ARGUMENT` when an input emits a value of the wrong kind.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the option; also for `split` with a storage of a single file.
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
 *   // The browser reads the file later, and holds it until the URL is revoked.
 *   setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
 * }
 * ```
 */
export function record(source: Camera | RecordInputs, options: WebRecordOptions): Observable<RecordingProgress> {
  const given = options as Partial<WebRecordOptions> | undefined;
  if (given?.split && given.storage instanceof OneFile) {
    throw new OpenMVError('INVALID_ARGUMENT', 'split needs a folder for its files: the storage is a single file');
  }
  return recordTo(source, options, crc32);
}

/** `crc` returns signed numbers. A `previous` of 0 is passed as `undefined`, because `crc` would start from a wrong value. */
export function crc32(bytes: Uint8Array, previous?: number): number {
  return signedCrc32(bytes, previous === 0 ? undefined : previous) >>> 0;
}
