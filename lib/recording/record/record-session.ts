import { filter, lastValueFrom, NEVER, repeat, Subject, Subscription, take, takeUntil, type Observable } from 'rxjs';
import type { CameraInfo } from '../../host/camera-info.js';
import type { Camera } from '../../host/camera.js';
import { timeOfDay } from '../../host/monotonic-scheduler.js';
import type { ChannelInfo } from '../../host/channel-info.js';
import { after } from './after.js';
import { demandedFrames } from './demanded-frames.js';
import { FileSeries } from './file-series.js';
import { frameMessages } from '../format/frame-messages.js';
import type { McapMessage } from '../format/mcap-message.js';
import { toNanoseconds } from '../format/nanoseconds.js';
import {
  cameraMetadata,
  channelsMessage,
  eventMessage,
  isRecordedEvent,
  textMessage,
} from '../format/other-messages.js';
import type { RecordSettings } from './record-options.js';
import { RecordingTally, type RecordingProgress } from './recording-progress.js';
import { CAMERA_METADATA } from '../format/topics.js';
import { WriteQueue } from './write-queue.js';

/**
 * One recording, from its first file to its last byte.
 *
 * ```
 *   camera ── frames, on demand ───────┐
 *          ── text, events, values ──▶ WriteQueue ──▶ FileSeries ──▶ McapFile ──▶ storage
 * ```
 */
export class RecordSession {
  readonly #inputs = new Subscription();
  readonly #stopped$ = new Subject<void>();
  readonly #tally: RecordingTally;
  readonly #queue: WriteQueue;
  #channels: readonly ChannelInfo[] = [];
  #failure: { readonly error: unknown } | undefined;
  #failedToWrite = false;
  #stopped = false;

  constructor(
    private readonly camera: Camera,
    private readonly settings: RecordSettings,
    private readonly tell: (progress: RecordingProgress) => void,
  ) {
    this.#tally = new RecordingTally(settings.scheduler.now());
    this.#queue = new WriteQueue(settings.maxQueuedBytes);
  }

  /** Takes nothing more; what was taken is still written. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#inputs.unsubscribe();
    this.#stopped$.next();
  }

  /** Resolves when the last file is whole; rejects, when that is done too, with what has ended the recording. */
  async run(): Promise<void> {
    // Without it the link would be closed and opened between frames whose writing takes long.
    const link = this.camera.connect();
    try {
      const info = await this.#first(this.camera.info());
      if (info !== undefined) await this.#record(info);
    } finally {
      this.stop();
      link.unsubscribe();
    }
    if (this.#failure) throw this.#failure.error;
  }

  async #record(info: CameraInfo): Promise<void> {
    const files = new FileSeries(this.settings, {
      metadata: [[CAMERA_METADATA, cameraMetadata(info)]],
      messages: () => (this.#channels.length > 0 ? [channelsMessage(this.#channels, this.#now())] : []),
      summary: () => {
        const { frames, dropped, messages } = this.#tally;
        return { frames: String(frames), dropped: String(dropped), messages: String(messages) };
      },
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

  #takeInputs(files: FileSeries): void {
    const { camera, settings } = this;
    const { scheduler, durationMs, maxFrames, until$ = NEVER } = settings;
    const message = (one: McapMessage): void => {
      try {
        this.#queue.add(one.data.length, () => this.#write(files, [one], 'message')).catch(() => undefined);
      } catch (error) {
        this.#fail(error);
      }
    };
    // Subscribed to in any case: it errors where the camera is lost for good, and completes where a replay is over.
    this.#take(
      camera.events$.pipe(filter((event) => settings.events && isRecordedEvent(event))),
      (event) => message(eventMessage(event)),
      () => this.stop(),
    );
    if (settings.events) {
      this.#take(camera.channels$, (channels) => {
        this.#channels = channels;
        message(channelsMessage(channels, this.#now()));
      });
    }
    if (settings.text) this.#take(camera.stdout$, (text) => message(textMessage(text, this.#now())));
    for (const { name, topic, encode } of settings.channels) {
      this.#take(camera.channel(name).value$, (bytes) =>
        message({ topic, data: encode(bytes), time: toNanoseconds(this.#now()) }),
      );
    }
    this.#take(
      after(settings.chunkMs, scheduler).pipe(repeat()),
      () => void this.#queue.add(0, () => this.#guarded(() => files.flushOld())),
    );
    this.#take(after(durationMs, scheduler), () => this.stop());
    this.#take(until$.pipe(take(1)), () => this.stop());
    if (settings.frames === false) return;
    const frames$ = demandedFrames(camera, settings, {
      write: (frame) => this.#queue.add(0, () => this.#write(files, frameMessages(frame), 'frame')),
      dropped: (count) => (this.#tally.dropped += count),
    });
    this.#take(
      maxFrames === Infinity ? frames$ : frames$.pipe(take(maxFrames)),
      () => undefined,
      () => this.stop(),
    );
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
    this.#inputs.add(
      source.subscribe({ next: guarded, error: (error: unknown) => this.#fail(error), ...(complete && { complete }) }),
    );
  }

  async #write(files: FileSeries, messages: readonly McapMessage[], kind: 'frame' | 'message'): Promise<void> {
    await this.#guarded(async () => {
      await files.add(messages);
      this.#tally.written(kind, files.bytes, this.settings.scheduler.now());
      this.#progress(files);
    });
  }

  /** Behind a write that failed there is nothing to write to. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    if (this.#failedToWrite) return;
    try {
      await work();
    } catch (error) {
      this.#failedToWrite = true;
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.stop();
  }

  /** The first value of `source`, or `undefined` when the recording is stopped before. */
  async #first<T>(source: Observable<T>): Promise<T | undefined> {
    if (this.#stopped) return undefined;
    return lastValueFrom(source.pipe(take(1), takeUntil(this.#stopped$)), { defaultValue: undefined });
  }

  #progress(files: FileSeries): void {
    this.tell(this.#tally.progress(files.path, files.files, files.bytes, this.settings.scheduler.now()));
  }

  #now(): number {
    return timeOfDay(this.settings.scheduler);
  }
}
