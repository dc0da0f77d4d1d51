import { crc32 } from 'node:zlib';
import type { Observable } from 'rxjs';
import type { Camera } from '../host/camera.js';
import { disk } from './disk.js';
import type { RecordInputs } from './record/record-inputs.js';
import type { RecordOptions } from './record/record-options.js';
import { recordTo } from './record/record-session.js';
import type { RecordingProgress } from './record/recording-progress.js';

/**
 * Records a camera, or any Observables of frames, text and values, to an MCAP file, which Foxglove and every other MCAP reader opens.
 *
 * | topic | content |
 * |---|---|
 * | `/frames` | JPEG and PNG as `foxglove.CompressedImage`, protobuf |
 * | `/frames/raw` | pixels as `foxglove.RawImage`, protobuf; unchanged except RGB565 and BINARY, stored as `rgba8` (see `toRgba`), and YVU422, stored as `yuyv`, because Foxglove does not know them |
 * | `/frames/info` | before each frame, with the same time: index, width, height, format, rate; JSON |
 * | `/stdout` | the text that scripts print, in the pieces that arrived, as `foxglove.Log`, protobuf |
 * | `/events`, `/channels` | events, and the list of channels whenever it changes; JSON |
 * | `/channel/NAME` | values of a channel, see {@link RecordOptions.channels} |
 *
 * Log time and publish time are the time of reception at the host, in nanoseconds since 1970. The metadata record
 * `openmv.camera` describes the camera, and `openmv.recording` holds the counts of the file.
 *
 * Cold: each subscription makes its own recording and keeps the camera's link open. Emits its progress when the file exists,
 * after each message is written, and when the file is complete; then completes. A recording ends with `until$`, `durationMs`
 * or `maxFrames`, and when all {@link RecordInputs} have completed. If you unsubscribe, the file is finished in the background
 * and you are not notified; use `until$` to know when it is complete. A killed process leaves a file that is readable up to its
 * last chunk.
 *
 * Text, events and values are never dropped; frames only as `frames` says. Holds one chunk, the frame that is being written, one
 * waiting frame with `latest`, up to `maxQueuedBytes` of pushed frames and the same of everything else, and about 100 bytes for
 * each chunk of the current file.
 *
 * Before it errors, it completes the file as far as possible. Errors with `FILE_EXISTS`, `FILE_UNAVAILABLE` and `DISK_FULL`; with
 * `QUEUE_FULL`, see `maxQueuedBytes`; with the errors of the recorded `camera.frames$`, `stdout$`, `channel(…).value$` or inputs;
 * and with `INVALID_ARGUMENT` when an input emits a value of the wrong kind. A malformed frame of a camera is not an error; it
 * counts as dropped.
 *
 * @throws {OpenMVError} `INVALID_ARGUMENT` that names the option.
 *
 * @example
 * ```ts
 * import { filter, fromEvent } from 'rxjs';
 * import { Camera } from 'openmv-rx';
 * import { imuLayout } from 'openmv-rx/virtual';
 * import { record } from 'openmv-rx/recording';
 * import { serialPort } from 'openmv-rx/serialport';
 *
 * const camera = new Camera(serialPort('/dev/ttyACM0'));
 * record(camera, {
 *   file: 'flight.mcap',
 *   channels: [{ name: 'imu', layout: imuLayout }],
 *   split: { bytes: 1e9 },
 *   until$: fromEvent(process, 'SIGINT'),
 * }).subscribe({
 *   next: ({ frames, bytes }) => console.log(frames, bytes),
 *   complete: () => console.log('the file is complete'),
 * });
 *
 * // Only large frames, and the text that the script prints meanwhile.
 * const frames = camera.frames$.pipe(filter(({ data }) => data.length > 10_000));
 * record({ frames, text: camera.stdout$, info: camera.info() }, { file: 'bright.mcap', durationMs: 60_000 }).subscribe();
 * ```
 */
export function record(source: Camera | RecordInputs, options: RecordOptions): Observable<RecordingProgress> {
  const storage = (options as Partial<RecordOptions> | undefined)?.storage ?? disk;
  return recordTo(source, { ...options, storage }, crc32);
}
