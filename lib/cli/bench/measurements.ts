import {
  catchError,
  concat,
  defer,
  first,
  forkJoin,
  ignoreElements,
  map,
  type Observable,
  of,
  reduce,
  repeat,
  switchMap,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import { isOpenMVError } from '../../errors.js';
import type { Camera, Channel } from '../../index.js';
import type { Measurement } from './measurement.js';

/** The value that this share of the values does not exceed; of none it is 0. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? 0;
}

/** The channels that are there without a script. */
const BUILT_IN: ReadonlySet<string> = new Set(['stdin', 'stdout', 'stream', 'profile']);
/** How long a channel that has nothing is left alone. */
const NOTHING_MS = 5;

/** How long it takes until the camera can be used: its port is opened, and it is asked for what it is. */
export function opening(camera: Camera): Observable<Measurement> {
  return defer(() => {
    const passed = stopwatch();
    return camera.info().pipe(map((): Measurement => ({ measured: 'opening', milliseconds: rounded(passed()) })));
  });
}

/** Small commands, one after another, for so long: POLL, whose reply is a word. */
export function roundTrips(camera: Camera, ms: number): Observable<Measurement> {
  const stdin = camera.channel('stdin');
  return defer(() => {
    const passed = stopwatch();
    return stdin.poll().pipe(map(passed));
  }).pipe(
    repeat(),
    takeUntil(timer(ms)),
    reduce((all, one) => (all.push(one), all), [] as number[]),
    map((all) => ({
      measured: 'round trips',
      count: all.length,
      ...(all.length > 0 && {
        p50Milliseconds: rounded(percentile(all, 0.5)),
        p99Milliseconds: rounded(percentile(all, 0.99)),
      }),
    })),
  );
}

/** The stream as it is set up, from its first frame on for so long. It is on or off afterwards as it was before. */
export function streaming(camera: Camera, ms: number): Observable<Measurement> {
  const frames$ = camera.frames$.pipe(
    takeUntil(timer(ms)),
    reduce(
      ({ frames, bytes, from }, { data, receivedAt }) => ({
        frames: frames + 1,
        // The time that the first one took is not known.
        bytes: frames === 0 ? 0 : bytes + data.length,
        from: frames === 0 ? receivedAt : from,
        last: receivedAt,
      }),
      { frames: 0, bytes: 0, from: 0, last: 0 },
    ),
    map(({ frames, bytes, from, last }): Measurement => ({
      measured: 'frames',
      count: frames,
      ...(frames > 1 && {
        framesPerSecond: rounded(((frames - 1) * 1000) / (last - from)),
        bytesPerFrame: Math.round(bytes / (frames - 1)),
        megabytesPerSecond: megabytesPerSecond(bytes, last - from),
      }),
    })),
  );
  return concat(streamKept(camera), frames$);
}

/** Goes before `frames$`: has the camera leave its stream on behind the last frame where it is on now. */
export function streamKept(camera: Camera): Observable<never> {
  // A stream that is on has a frame that waits for somebody to read it (PROTOCOL 8); one that is off has none.
  const wasOn$ = camera.channel('stream').poll();
  // Who sets it decides, and so it is not switched off behind the last frame.
  return wasOn$.pipe(
    switchMap((wasOn) => (wasOn ? camera.stream({ enabled: true }) : of())),
    ignoreElements(),
  );
}

/** The channel that holds most of those that scripts serve, or `undefined` where none holds anything. */
export function largestChannel(camera: Camera): Observable<string | undefined> {
  return camera.channels$.pipe(
    first(),
    switchMap((channels) => {
      const readable = channels.filter(({ name, readable: can }) => can && !BUILT_IN.has(name));
      const sizes = readable.map(({ name }) =>
        camera
          .channel(name)
          .size()
          .pipe(
            catchError(refusedAs(0)),
            map((bytes) => ({ name, bytes })),
          ),
      );
      return sizes.length === 0 ? of([]) : forkJoin(sizes);
    }),
    map((sizes) => sizes.reduce((most, one) => (one.bytes > most.bytes ? one : most), { name: '', bytes: 0 })),
    map(({ name, bytes }) => (bytes > 0 ? name : undefined)),
  );
}

/** Reads a channel once, so that one that is not there or can't be read is an error, and not one that had nothing. */
export function readable(camera: Camera, name: string): Observable<never> {
  return camera
    .channel(name)
    .read()
    .pipe(catchError(refusedAs(undefined)), ignoreElements());
}

/** A channel that is read again and again for so long. What counts is the time of readings, and none between them. */
export function reading(channel: Channel<Uint8Array, Uint8Array>, ms: number): Observable<Measurement> {
  let empty = false;
  return defer(() => {
    const passed = stopwatch();
    return channel.read().pipe(
      map(({ length: bytes }) => ({ bytes, tookMs: passed() })),
      catchError(refusedAs({ bytes: 0, tookMs: 0 })),
      map((one) => ((empty = one.bytes === 0), one)),
    );
  }).pipe(
    repeat({ delay: () => (empty ? timer(NOTHING_MS) : of(0)) }),
    takeUntil(timer(ms)),
    reduce(
      (all, { bytes, tookMs }) =>
        bytes === 0 ? all : { count: all.count + 1, bytes: all.bytes + bytes, tookMs: all.tookMs + tookMs },
      { count: 0, bytes: 0, tookMs: 0 },
    ),
    map(({ count, bytes, tookMs }) => ({
      measured: 'reading',
      channel: channel.name,
      count,
      ...(count > 0 && {
        bytesPerReading: Math.round(bytes / count),
        megabytesPerSecond: megabytesPerSecond(bytes, tookMs),
      }),
    })),
  );
}

/** Counts the packets of the link, and those that were repeated or rejected. */
export function repeats(camera: Camera): Observable<Measurement> {
  return camera.stats$.pipe(
    first(),
    map(({ sentPackets, receivedPackets, repeatedCommands, receivedRepeats, rejected }) => ({
      measured: 'link',
      sentPackets,
      receivedPackets,
      repeatedCommands,
      receivedRepeats,
      rejected: Object.values(rejected).reduce((sum, count) => sum + count, 0),
    })),
  );
}

/** A channel that has nothing just now refuses. */
function refusedAs<T>(nothing: T): (error: unknown) => Observable<T> {
  return (error) => (isOpenMVError(error, 'NAK') ? of(nothing) : throwError(() => error));
}

function stopwatch(): () => number {
  const begun = performance.now();
  return () => performance.now() - begun;
}

function megabytesPerSecond(bytes: number, ms: number): number {
  return rounded(bytes / 1000 / ms);
}

/** As many digits as mean anything. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
