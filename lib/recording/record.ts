import { crc32 } from 'node:zlib';
import type { Observable } from 'rxjs';
import type { Camera } from '../host/camera.js';
import { disk } from './disk.js';
import type { RecordInputs } from './record/record-inputs.js';
import type { RecordOptions } from './record/record-options.js';
import { recordTo } from './record/record-session.js';
import type { RecordingProgress } from './record/recording-progress.js';

/**
 * Records a camera, or any Observables of frames, text and values, to an MCAP file, which Foxglove and every other reader of MCAP opens.
 *
 * | topic | what it is |
 * |---|---|
 * | `/frames` | JPEG and PNG as `foxglove.CompressedImage`, protobuf |
 * | `/frames/raw` | pixels as `foxglove.RawImage`, protobuf, as they are; RGB565 and BINARY as `rgba8` (see `toRgba`), YVU422 as `yuyv`, for Foxglove does not know them |
 * | `/frames/info` | of each frame, in front of it, with the same time: index, width, height, format, rate; JSON |
 * | `/stdout` | what scripts print, in the pieces that came, as `foxglove.Log`, protobuf |
 * | `/events`, `/channels` | events, and the list of channels whenever it changes; JSON |
 * | `/channel/NAME` | values of a channel, see {@link RecordOptions.channels} |
 *
 * Log time and publish time are when the host received it, in nanoseconds since 1970, also where it is written later. What the camera is
 * stands in the metadata record `openmv.camera`, the counts of the file in `openmv.recording`.
 *
 * Cold: each subscription is a recording of its own, which keeps the camera's link open. Emits its progress when the file
 * is there, behind each message that was written, and when the file is whole; then completes. It ends with `until$`,
 * `durationMs` or `maxFrames`, and when all {@link RecordInputs} have completed. Unsubscribing finishes the file in the background without telling you.
 * To know when it is complete, end with `until$`. A process that is
 * killed leaves a file that can be read up to its last chunk.
 *
 * Text, events and values are never left out; frames only as `frames` says. Holds one chunk, one frame that is being written, one that
 * waits with `latest`, up to `maxQueuedBytes` of frames that come by themselves and of the rest each; and some 100 bytes for each chunk of
 * the present file.
 *
 * Errors, when the file is whole as far as that is possible: `FILE_EXISTS`, `FILE_UNAVAILABLE`, `DISK_FULL`; `QUEUE_FULL`, see
 * `maxQueuedBytes`; and as `camera.frames$`, `stdout$` and `channel(…).value$` do, or as the inputs do, for what is recorded of these. A camera's frame that
 * makes no sense is no error, but counted as dropped. `INVALID_ARGUMENT` for an input that gives something else than it should.
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
 *   complete: () => console.log('the file is whole'),
 * });
 *
 * // Only bright frames, and what the script prints meanwhile.
 * const frames = camera.frames$.pipe(filter(({ data }) => data.length > 10_000));
 * record({ frames, text: camera.stdout$, info: camera.info() }, { file: 'bright.mcap', durationMs: 60_000 }).subscribe();
 * ```
 */
export function record(source: Camera | RecordInputs, options: RecordOptions): Observable<RecordingProgress> {
  const storage = (options as Partial<RecordOptions> | undefined)?.storage ?? disk;
  return recordTo(source, { ...options, storage }, crc32);
}
