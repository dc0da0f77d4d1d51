import { join } from 'node:path';
import { Camera, type Transport } from 'openmv-rx';
import { imuLayout } from 'openmv-rx/virtual';
import { record, type RecordingProgress } from 'openmv-rx/recording';
import { map, merge, type Observable } from 'rxjs';

/** The options of the recorder. */
export interface Recording {
  /** Each camera under the name of its files. */
  readonly cameras: ReadonlyMap<string, Transport>;
  readonly folder: string;
  readonly seconds: number;
  readonly splitBytes: number;
  /** Ends the recording, and leaves complete files. */
  readonly until$: Observable<unknown>;
}

/** The progress of one camera's recording. */
export interface CameraProgress {
  readonly name: string;
  readonly progress: RecordingProgress;
}

/**
 * Records several cameras at once, each to its own files. It asks a camera for its next frame when the last one is
 * written, so a slow disk slows the cameras down, and no frame is lost.
 */
export function recordAll({ cameras, folder, seconds, splitBytes, until$ }: Recording): Observable<CameraProgress> {
  const recordings = Array.from(cameras, ([name, transport]) =>
    record(new Camera(transport), {
      file: join(folder, `${name}.mcap`),
      channels: [{ name: 'imu', layout: imuLayout }],
      split: { bytes: splitBytes },
      until$,
      ...(seconds < Infinity && { durationMs: seconds * 1000 }),
    }).pipe(map((progress) => ({ name, progress }))),
  );
  return merge(...recordings);
}
