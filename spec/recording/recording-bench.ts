import type { Observable } from 'rxjs';
import { Camera, type CameraOptions, type Frame } from '../../lib/index.js';
import { VirtualCamera, type VirtualCameraOptions } from '../../lib/virtual/index.js';
import { record, type RecordingProgress, type RecordOptions } from '../../lib/recording/index.js';
import { Clock } from '../device/clock.js';
import { MemoryStorage } from './memory-storage.js';

/** A camera that is recorded, in virtual time, to a disk in memory. */
export class RecordingBench {
  readonly clock = new Clock();
  readonly storage = new MemoryStorage();
  readonly device: VirtualCamera;
  readonly camera: Camera;
  /** How many pictures the camera has published: it makes the next when the last was read. */
  published = 0;

  constructor(device: VirtualCameraOptions = {}, host: CameraOptions = {}) {
    this.device = new VirtualCamera({
      scheduler: this.clock,
      imu: false,
      stdoutIntervalMs: false,
      frameSource: () => numbered(this.published++),
      ...device,
    });
    this.camera = new Camera(this.device.transport(), { scheduler: this.clock, ...host });
  }

  start(options: Partial<RecordOptions> = {}, camera = this.camera): Recorded {
    return this.follow(record(camera, { file: 'one.mcap', scheduler: this.clock, storage: this.storage, ...options }));
  }

  follow(recording$: Observable<RecordingProgress>): Recorded {
    return new Recorded(this, recording$);
  }

  /** Lets time pass, and the promises on the way. */
  async pass(ms: number, step = 5): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.clock.pass(Math.min(step, left));
      await turn();
    }
  }

  /** A write takes so long. */
  slowDisk(ms: number): void {
    this.storage.beforeWrite = () => new Promise((resolve) => void this.clock.schedule(() => resolve(), ms));
  }
}

/** One recording of the bench. */
export class Recorded {
  readonly progress: RecordingProgress[] = [];
  error: unknown;
  completed = false;
  readonly subscription;

  constructor(
    private readonly bench: RecordingBench,
    recording$: Observable<RecordingProgress>,
  ) {
    this.subscription = recording$.subscribe({
      next: (progress) => this.progress.push(progress),
      error: (error: unknown) => (this.error = error),
      complete: () => (this.completed = true),
    });
  }

  get last(): RecordingProgress {
    return this.progress.at(-1)!;
  }

  get over(): boolean {
    return this.completed || this.error !== undefined;
  }

  /** Lets time pass until it is over, `limitMs` at most. */
  async ended(limitMs = 600_000): Promise<this> {
    for (let passed = 0; !this.over && passed < limitMs; passed += 10) await this.bench.pass(10);
    return this;
  }
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Bytes that begin as a JPEG does, with their number behind. */
export function numbered(index: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0xff, 0xd8, index, index >> 8, ...new Uint8Array(1000).fill(index), 0xff, 0xd9);
}

export function numberOf(data: Uint8Array): number {
  return (data[2] as number) | ((data[3] as number) << 8);
}

export function frameNumbers(frames: readonly Pick<Frame, 'data'>[]): number[] {
  return frames.map(({ data }) => numberOf(data));
}
