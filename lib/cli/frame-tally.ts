import type { Frame } from '../index.js';

/** Counts frames. The rate is that between the first and the last, and so without the time the camera took to start. */
export class FrameTally {
  private frames = 0;
  private bytes = 0;
  private first = 0;
  private last = 0;

  /** The frame's number, from 1. */
  add({ data, receivedAt }: Pick<Frame, 'data' | 'receivedAt'>): number {
    if (this.frames === 0) this.first = receivedAt;
    this.last = receivedAt;
    this.bytes += data.length;
    return ++this.frames;
  }

  summary(): { frames: number; bytes: number; seconds: number; framesPerSecond: number } {
    const seconds = (this.last - this.first) / 1000;
    const framesPerSecond = seconds > 0 ? Math.round(((this.frames - 1) / seconds) * 10) / 10 : 0;
    return { frames: this.frames, bytes: this.bytes, seconds: Math.round(seconds * 1000) / 1000, framesPerSecond };
  }
}
