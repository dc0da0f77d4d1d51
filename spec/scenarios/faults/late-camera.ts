import { catchError, defer, EMPTY, interval, repeat, tap, timer } from 'rxjs';
import { Camera, isOpenMVError, type CameraOptions } from '../../../lib/index.js';
import { ChannelFlag } from '../../../lib/operators/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import type { Faults } from '../../../lib/transport/fault-line.js';
import { SteadyClock } from './steady-clock.js';
import { Wire } from './wire.js';

/** A camera that is late, and how it is used. */
export interface LateOptions {
  readonly busy?: { readonly ms: number; readonly everyMs: number };
  readonly acks?: boolean;
  readonly bufferSize?: 512 | 4096 | 8192;
  readonly faults?: Faults;
  readonly seed?: number;
  readonly seconds?: number;
  /** One way. Default 0.1 ms, as over USB. */
  readonly delayMs?: number;
  /** Of the JPEG. Default 20 KB. */
  readonly frameBytes?: number;
  /** How often the camera takes a picture. Default 500 times a second: it always has the next one. */
  readonly framesPerSecond?: number;
  /** Whether it also writes, every 10 ms, and prints a line a second. Default true. */
  readonly talks?: boolean;
  readonly host?: CameraOptions;
}

/** What came of it. */
export interface LateFigures {
  readonly framesPerSecond: number;
  /** Frames that were not whole. */
  readonly torn: number;
  /** Writes by how they ended. */
  readonly writes: Record<string, number>;
  /** Writes that completed and are not there, or are there twice. */
  readonly wrongWrites: number;
  /** Lines that were printed, and that came, in order. */
  readonly printed: number;
  readonly read: number;
  readonly resynchronisations: number;
  readonly repeatedCommands: number;
  readonly errors: readonly string[];
}

const FRAMES = Array.from({ length: 8 }, (_, index) => new Uint8Array(1024 * 1024).fill(index));

/** Frames, writes and text of a camera that is busy for a part of the time, over a wire with faults, in virtual time. */
export function lateCamera(options: LateOptions = {}): LateFigures {
  const { busy, acks = true, bufferSize = 4096, faults = {}, seed = 1, seconds = 10, delayMs = 0.1 } = options;
  const { frameBytes = 20 * 1024, talks = true } = options;
  const clock = new SteadyClock();
  const wire = new Wire(clock, seed);
  const device = new VirtualCamera({
    scheduler: clock,
    bufferSize,
    stdoutIntervalMs: false,
    framesPerSecond: options.framesPerSecond ?? 500,
    frameSource: (index) => FRAMES[index & 7]!.slice(0, frameBytes),
    ...(busy && { busy }),
  });
  const there = new Map<number, number>();
  const write = (_: number, data: Uint8Array): number => {
    const number = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
    there.set(number, (there.get(number) ?? 0) + 1);
    return data.length;
  };
  device.device.register('log', { write }, ChannelFlag.WRITE);
  const camera = new Camera(wire.through(device.transport()), {
    scheduler: clock,
    capabilities: { ack: acks },
    ...options.host,
  });
  const errors: string[] = [];
  const failed = (what: string) => (error: unknown) => {
    errors.push(`${what}: ${String(error)}`);
    return EMPTY;
  };
  wire.faults({ delay: delayMs });
  let frames = 0;
  let torn = 0;
  camera.frames$.pipe(catchError(failed('frames$'))).subscribe(({ data }) => {
    frames++;
    if (data.length !== frameBytes || data[0] !== data.at(-1)) torn++;
  });
  const writes: Record<string, number> = {};
  const completed: number[] = [];
  let printed = 0;
  let read = 0;
  let text = '';
  clock.pass(1000);
  wire.faults({ delay: delayMs, jitter: delayMs, ...faults });
  let number = 0;
  const writing = defer(() => {
    const mine = number++;
    const data = new Uint8Array(16);
    new DataView(data.buffer).setUint32(0, mine, true);
    const count = (end: string): void => void (writes[end] = (writes[end] ?? 0) + 1);
    return camera
      .channel('log')
      .write(data)
      .pipe(
        tap({
          complete: () => {
            completed.push(mine);
            count('done');
          },
        }),
        catchError((error: unknown) => {
          count(isOpenMVError(error) ? error.code : String(error));
          return EMPTY;
        }),
      );
  }).pipe(repeat({ delay: () => timer(10, clock) }));
  if (talks) {
    writing.subscribe();
    camera.stdout$.pipe(catchError(failed('stdout$'))).subscribe((piece) => {
      const lines = (text + piece).split('\r\n');
      text = lines.pop()!;
      for (const line of lines) if (/^line \d+$/.test(line)) read++;
    });
    interval(1000, clock).subscribe(() => device.print(`line ${printed++}\n`));
  }
  frames = 0;
  clock.pass(seconds * 1000);
  const rate = frames / seconds;
  let statistics: { resynchronisations: number; repeatedCommands: number } | undefined;
  camera.stats$.subscribe((now) => (statistics = now)).unsubscribe();
  const wrongWrites =
    completed.filter((one) => there.get(one) !== 1).length + [...there.values()].filter((times) => times > 1).length;
  return {
    framesPerSecond: rate,
    torn,
    writes,
    wrongWrites,
    printed,
    read,
    resynchronisations: statistics!.resynchronisations,
    repeatedCommands: statistics!.repeatedCommands,
    errors,
  };
}
