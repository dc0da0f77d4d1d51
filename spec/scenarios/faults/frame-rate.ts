import { Camera } from '../../../lib/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import type { Faults } from '../../../lib/transport/fault-line.js';
import { SteadyClock } from './steady-clock.js';
import { Wire } from './wire.js';

export interface RateOptions {
  readonly acks?: boolean;
  /** Of the JPEG. Default 20 KB. */
  readonly frameBytes?: number;
  /** One way, in milliseconds. Default 0.5. */
  readonly delayMs?: number;
  readonly seconds?: number;
  readonly seed?: number;
}

/** How many frames a second come through, and what became of those that did not. */
export interface Rate {
  readonly framesPerSecond: number;
  /** The longest time without a frame, in milliseconds. */
  readonly longestGapMs: number;
  /** Bytes that came back, over those of the frames. */
  readonly overhead: number;
}

const FRAMES = Array.from({ length: 8 }, (_, index) => new Uint8Array(1024 * 1024).fill(index));

/** Frames of a camera that always has the next one, over a wire whose packets are lost or damaged both ways. */
export function frameRate(faults: Faults, options: RateOptions = {}): Rate {
  const { acks = true, frameBytes = 20 * 1024, delayMs = 0.5, seconds = 10, seed = 1 } = options;
  const clock = new SteadyClock();
  const wire = new Wire(clock, seed);
  const device = new VirtualCamera({
    scheduler: clock,
    stdoutIntervalMs: false,
    framesPerSecond: 500,
    frameSource: (index) => FRAMES[index & 7]!.slice(0, frameBytes),
  });
  const camera = new Camera(wire.through(device.transport()), { scheduler: clock, capabilities: { ack: acks } });
  wire.faults({ delay: delayMs });
  let frames = 0;
  let lastAt = 0;
  let longestGapMs = 0;
  camera.frames$.subscribe(({ data }) => {
    if (data.length !== frameBytes || Buffer.compare(data, FRAMES[data[0]!]!.subarray(0, frameBytes)) !== 0)
      throw new Error('a frame is not whole');
    frames++;
    longestGapMs = Math.max(longestGapMs, clock.now() - lastAt);
    lastAt = clock.now();
  });
  clock.pass(1000);
  wire.faults({ delay: delayMs, ...faults });
  [frames, longestGapMs, lastAt] = [0, 0, clock.now()];
  const before = wire.bytes.in;
  clock.pass(seconds * 1000);
  return {
    framesPerSecond: frames / seconds,
    longestGapMs: Math.max(longestGapMs, clock.now() - lastAt),
    overhead: (wire.bytes.in - before) / (frames * frameBytes),
  };
}
