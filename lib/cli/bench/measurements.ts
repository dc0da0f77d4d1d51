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

/** The smallest value that is not exceeded by this share of the values; 0 without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? 0;
}

/** The channels that exist without a script. */
const BUILT_IN: ReadonlySet<string> = new Set(['stdin', 'stdout', 'stream', 'profile']);
/** The pause before an empty channel is read again. */
const EMPTY_PAUSE_MS = 5;

/** Measures the time until the camera can be used: opening the port and reading the camera's information. */
export function opening(camera: Camera): Observable<Measurement> {
  return defer(() => {
    const passed = stopwatch();
    return camera.info().pipe(map((): Measurement => ({ measured: 'opening', milliseconds: rounded(passed()) })));
  });
}

/** Measures small commands, one after another, for this long. POLL has a reply of one word. */
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

/** Measures frames with the current stream settings, for this long. Afterwards the stream is on or off as before. */
export function streaming(camera: Camera, ms: number): Observable<Measurement> {
  const frames$ = camera.frames$.pipe(
    takeUntil(timer(ms)),
    reduce(
      ({ frames, bytes, from }, { data, receivedAt }) => ({
        frames: frames + 1,
        // The first frame only starts the clock.
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

/** Use it before `frames$`: a stream that is on now stays on after the last frame. */
export function streamKept(camera: Camera): Observable<never> {
  // A stream that is on has a frame waiting to be read (PROTOCOL 8). A stream that is off has none.
  const wasOn$ = camera.channel('stream').poll();
  // An explicit setting stays after the last frame.
  return wasOn$.pipe(
    switchMap((wasOn) => (wasOn ? camera.stream({ enabled: true }) : of())),
    ignoreElements(),
  );
}

/** Finds the largest value among the channels of scripts. Emits the channel's name, or `undefined` if all are empty. */
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

/** Reads a channel once. A missing or unreadable channel is an error; an empty one is not. */
export function readable(camera: Camera, name: string): Observable<never> {
  return camera
    .channel(name)
    .read()
    .pipe(catchError(refusedAs(undefined)), ignoreElements());
}

/** Measures repeated reads of a channel, for this long. Pauses between reads do not count. */
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
    repeat({ delay: () => (empty ? timer(EMPTY_PAUSE_MS) : of(0)) }),
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

/** Counts the packets of the link, and the repeated and rejected ones among them. */
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

/** A channel that is empty now refuses to be read. */
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

/** Rounds to the digits that mean something. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
