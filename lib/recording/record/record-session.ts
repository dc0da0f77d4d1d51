import { lastValueFrom, merge, NEVER, Observable, repeat, Subject, Subscription, take, takeUntil } from 'rxjs';
import type { Frame } from '../../frames/frame.js';
import type { CameraInfo } from '../../host/camera-info.js';
import type { Camera } from '../../host/camera.js';
import { timeOfDay } from '../../host/monotonic-scheduler.js';
import { frameMessages } from '../format/frame-messages.js';
import { toNanoseconds } from '../format/nanoseconds.js';
import { cameraMetadata } from '../format/other-messages.js';
import { CAMERA_METADATA, topics, type McapMessage } from '../format/topics.js';
import { after } from './after.js';
import { FileSeries } from './file-series.js';
import type { Crc32 } from './mcap-summary.js';
import { intakeOf, type Intake, type RecordInputs } from './record-inputs.js';
import { recordSettings, type RecordSettings, type StoredRecordOptions } from './record-options.js';
import { RecordingTally, type RecordingProgress } from './recording-progress.js';
import { WriteQueue } from './write-queue.js';

/** Records to any storage, as `record` documents it. The platform provides `crc32`. */
export function recordTo(
  source: Camera | RecordInputs,
  options: StoredRecordOptions,
  crc32: Crc32,
): Observable<RecordingProgress> {
  const settings = recordSettings(options, crc32);
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

/**
 * One recording, from its first file to its last byte.
 *
 * ```
 *   camera, inputs ──▶ Intake ── frames ───▶ takeFrames ─┐
 *                             ── messages ──────────────▶ WriteQueue ──▶ FileSeries ──▶ McapFile ──▶ storage
 * ```
 */
class RecordSession {
  readonly #inputs = new Subscription();
  readonly #stopped$ = new Subject<void>();
  readonly #tally: RecordingTally;
  readonly #queue: WriteQueue;
  /** The current list of channels, which each file repeats. */
  #list: McapMessage | undefined;
  /** The counts at the end of the previous file, less the messages that this file repeats. */
  #earlier = { frames: 0, dropped: 0, messages: 0 };
  #failure: { readonly error: unknown } | undefined;
  #failedToWrite = false;
  #stopped = false;
  readonly #intake: Intake;
  readonly #settings: RecordSettings;
  readonly #report: (progress: RecordingProgress) => void;

  constructor(intake: Intake, settings: RecordSettings, report: (progress: RecordingProgress) => void) {
    this.#intake = intake;
    this.#settings = settings;
    this.#report = report;
    this.#tally = new RecordingTally(settings.scheduler.now());
    this.#queue = new WriteQueue(settings.maxQueuedBytes);
  }

  /** Stops accepting data. Accepted data is still written. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#inputs.unsubscribe();
    this.#stopped$.next();
  }

  /** Resolves when the last file is complete. Rejects, also after completing the file, with the error that ended the recording. */
  async run(): Promise<void> {
    // Otherwise the link would close and open again while writing a frame takes long.
    const link = this.#intake.connect();
    try {
      const info = this.#intake.info && (await this.#first(this.#intake.info));
      if (!this.#isStopped()) await this.#record(info);
    } finally {
      this.stop();
      link.unsubscribe();
    }
    if (this.#failure) throw this.#failure.error;
  }

  async #record(info: CameraInfo | undefined): Promise<void> {
    const files = new FileSeries(this.#settings, {
      metadata: info ? [[CAMERA_METADATA, cameraMetadata(info)]] : [],
      messages: () => this.#repeated(),
      summary: () => this.#summary(),
    });
    await files.begin();
    this.#progress(files);
    try {
      this.#takeInputs(files);
      await this.#first(NEVER);
      await this.#queue.drained();
    } finally {
      await files.end().catch((error: unknown) => this.#fail(error));
    }
    this.#progress(files);
  }

  /** The messages at the beginning of the next file. */
  #repeated(): readonly McapMessage[] {
    if (!this.#list) return [];
    this.#earlier.messages--;
    return [{ ...this.#list, time: toNanoseconds(timeOfDay(this.#settings.scheduler)) }];
  }

  /** The counts of the file that ends. */
  #summary(): Readonly<Record<string, string>> {
    const { frames, dropped, messages } = this.#tally;
    const earlier = this.#earlier;
    this.#earlier = { frames, dropped, messages };
    return {
      frames: String(frames - earlier.frames),
      dropped: String(dropped - earlier.dropped),
      messages: String(messages - earlier.messages),
    };
  }

  #takeInputs(files: FileSeries): void {
    const { messages, frames, over$ } = this.#intake;
    const { scheduler, durationMs, maxFrames, until$ = NEVER, chunkMs } = this.#settings;
    const stop = (): void => this.stop();
    let left = Number(messages !== undefined) + Number(frames !== undefined);
    const completed = (): void => {
      if (--left === 0) stop();
    };
    this.#take(over$, stop);
    if (messages) this.#take(messages, (message) => this.#queueMessage(files, message), completed);
    this.#take(
      after(chunkMs, scheduler).pipe(repeat()),
      () => void this.#queue.add(0, () => this.#guarded(() => files.flushOld())),
    );
    this.#take(merge(after(durationMs, scheduler), until$).pipe(take(1)), stop);
    const write = (frame: Frame): Promise<void> =>
      this.#queue.add(0, () => this.#write(files, frameMessages(frame), 'frame'));
    const dropped = (count: number): void => void (this.#tally.dropped += count);
    const written = (): void => {
      if (this.#tally.frames >= maxFrames) stop();
    };
    if (frames) this.#take(frames({ write, dropped }), written, completed);
  }

  #queueMessage(files: FileSeries, message: McapMessage): void {
    if (message.topic === topics.channels) this.#list = message;
    this.#queue.add(message.data.length, () => this.#write(files, [message], 'message')).catch(() => undefined);
  }

  #take<T>(source: Observable<T>, next: (value: T) => void, complete?: () => void): void {
    if (this.#stopped) return;
    const guarded = (value: T): void => {
      try {
        next(value);
      } catch (error) {
        this.#fail(error);
      }
    };
    const observer = { next: guarded, error: (error: unknown) => this.#fail(error), ...(complete && { complete }) };
    // takeUntil also stops a source that emits synchronously on subscription.
    this.#inputs.add(source.pipe(takeUntil(this.#stopped$)).subscribe(observer));
  }

  async #write(files: FileSeries, messages: readonly McapMessage[], kind: 'frame' | 'message'): Promise<void> {
    await this.#guarded(async () => {
      await files.add(messages);
      this.#tally.written(kind, files.bytes, this.#settings.scheduler.now());
      this.#progress(files);
    });
  }

  /** Skips the work after a failed write, because the file is closed. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    if (this.#failedToWrite) return;
    try {
      await work();
    } catch (error) {
      this.#failedToWrite = true;
      this.#fail(error);
    }
  }

  /** A method, because the compiler would assume that the field stays the same across an await. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.stop();
  }

  /** Resolves to the first value of `source`, or to `undefined` if the recording stops first. */
  async #first<T>(source: Observable<T>): Promise<T | undefined> {
    if (this.#stopped) return undefined;
    return lastValueFrom(source.pipe(take(1), takeUntil(this.#stopped$)), { defaultValue: undefined });
  }

  #progress(files: FileSeries): void {
    this.#report(this.#tally.progress(files.path, files.files, files.bytes, this.#settings.scheduler.now()));
  }
}
