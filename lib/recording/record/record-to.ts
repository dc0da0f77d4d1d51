import { Observable } from 'rxjs';
import type { Camera } from '../../host/camera.js';
import { intakeOf, type RecordInputs } from './record-inputs.js';
import { recordSettings, type StoredRecordOptions } from './record-options.js';
import { RecordSession } from './record-session.js';
import type { RecordingProgress } from './recording-progress.js';

/** A recording as `record` documents it, wherever its files are made. */
export function recordTo(source: Camera | RecordInputs, options: StoredRecordOptions): Observable<RecordingProgress> {
  const settings = recordSettings(options);
  const intake = intakeOf(source, settings);
  return new Observable((subscriber) => {
    const session = new RecordSession(intake, settings, (progress) => subscriber.next(progress));
    session.run().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => session.stop();
  });
}
