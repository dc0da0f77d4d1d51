import { computed, DestroyRef, inject, signal } from '@angular/core';
import { injectCamera } from 'openmv-rx/angular';
import type { RecordingProgress } from 'openmv-rx/web-recording';
import { interval, Subject } from 'rxjs';
import { download } from '../download';
import { messageOf } from '../message-of';
import { placeFor, type Destination, type Place } from './destination';
import { LatestProgress } from './latest-progress';

/** The phase of the recording. */
export type Phase = 'idle' | 'choosing' | 'recording' | 'finishing';

/** The interval at which the counts are shown, in milliseconds. */
const SHOWN_EVERY_MS = 250;

/**
 * Makes recordings, one at a time. Ends a recording in progress when its component is destroyed, and downloads a recording that
 * is only in memory. Create it in an injection context.
 */
export class Recorder {
  readonly #camera = injectCamera();
  readonly #stop$ = new Subject<void>();
  readonly #phase = signal<Phase>('idle');
  readonly #progress = signal<RecordingProgress | undefined>(undefined);
  readonly #failure = signal<string | undefined>(undefined);
  readonly #said = signal('');
  readonly #file = signal<File | undefined>(undefined);
  readonly #taken = signal(false);
  #destroyed = false;

  readonly phase = this.#phase.asReadonly();
  /** The progress of the current recording, or else of the last one. */
  readonly progress = this.#progress.asReadonly();
  readonly failure = this.#failure.asReadonly();
  /** The result of the last recording, in words. */
  readonly said = this.#said.asReadonly();
  /** The file of the last recording, if it is in memory. */
  readonly file = this.#file.asReadonly();
  /** True while a recording is not in a file of the user. */
  readonly isAtStake = computed(
    () => ['recording', 'finishing'].includes(this.#phase()) || (this.#file() !== undefined && !this.#taken()),
  );

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.#destroyed = true;
      this.stop();
      this.#letGo();
    });
  }

  async start(destination: Destination): Promise<void> {
    if (this.#phase() !== 'idle') return;
    this.#phase.set('choosing');
    this.#failure.set(undefined);
    this.#said.set('');
    try {
      const name = `openmv-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.mcap`;
      const place = await placeFor(destination, name);
      if (place && !this.#destroyed) await this.#record(name, place);
      else this.#said.set('No file was chosen: nothing is recorded.');
    } catch (error) {
      this.#failure.set(messageOf(error));
    }
    this.#phase.set('idle');
  }

  /** Ends the recording. The phase is idle when the file is complete. */
  stop(): void {
    if (this.#phase() !== 'recording') return;
    this.#phase.set('finishing');
    this.#stop$.next();
  }

  /** The user has the file. */
  take(): void {
    this.#taken.set(true);
  }

  async #record(file: string, { storage, kept }: Place): Promise<void> {
    const { record } = await import('openmv-rx/web-recording');
    const latest = new LatestProgress();
    this.#letGo();
    this.#progress.set(undefined);
    this.#phase.set('recording');
    const showing = interval(SHOWN_EVERY_MS).subscribe(() => {
      this.#progress.set(latest.now());
    });
    try {
      await record(this.#camera, { file, storage, until$: this.#stop$ }).forEach((progress) => {
        latest.set(progress);
      });
      this.#said.set(latest.last ? `${file} is recorded.` : 'It was ended before it began: nothing is recorded.');
    } finally {
      showing.unsubscribe();
      this.#progress.set(latest.last);
      // A recording that failed leaves a complete file of everything before the error.
      this.#offer(kept?.files[0]);
    }
  }

  #offer(file: File | undefined): void {
    if (!file || file.size === 0) return;
    this.#file.set(file);
    this.#taken.set(false);
    if (this.#destroyed) this.#letGo();
  }

  /** Downloads a file that is about to be dropped and that the user has not downloaded. */
  #letGo(): void {
    const file = this.#file();
    if (file && !this.#taken()) download(file, file.name);
    this.#file.set(undefined);
  }
}
