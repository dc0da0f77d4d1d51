import { catchError, defer, EMPTY, map, merge, repeat, take, type Observable } from 'rxjs';
import { Camera, json, type Frame } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { SteadyClock } from './faults/steady-clock.js';
import { Wire } from './faults/wire.js';

/** How a program takes one frame after another. */
export const WAYS: Readonly<Record<string, (camera: Camera) => Observable<Frame>>> = {
  'readFrame() in a loop': (camera) => defer(() => camera.readFrame()).pipe(repeat()),
  'frames$, one at a time': (camera) => camera.frames$.pipe(take(1), repeat()),
  frames$: (camera) => camera.frames$,
};

/** The numbers of the frames that came, how many the camera published, and what ended it before its time. */
export interface Taken {
  readonly numbers: readonly number[];
  readonly published: number;
  readonly failure: unknown;
}

/** Takes frames from a camera while one of its channels is read, written and polled without a pause, in virtual time. */
export function takeFrames(way: string, count: number): Taken {
  const clock = new SteadyClock();
  const wire = new Wire(clock);
  // As quick as USB.
  wire.faults({ delay: 0.1 });
  let published = 0;
  const device = new VirtualCamera({
    scheduler: clock,
    stdoutIntervalMs: false,
    framesPerSecond: 100,
    // Only what is published is drawn.
    frameSource: () => Uint8Array.of(published, published >> 8, published++ >> 16, ...new Uint8Array(200)),
  });
  const camera = new Camera(wire.through(device.transport()), { scheduler: clock });
  const beside = alwaysBusy(camera).subscribe();
  const numbers: number[] = [];
  let failure: unknown;
  const frames = WAYS[way]!(camera)
    .pipe(
      take(count),
      map(({ data }) => data[0]! | (data[1]! << 8) | (data[2]! << 16)),
    )
    .subscribe({ next: (number) => numbers.push(number), error: (error: unknown) => (failure = error) });
  for (let ms = 0; ms < 30 * count && numbers.length < count && failure === undefined; ms += 100) clock.pass(100);
  frames.unsubscribe();
  beside.unsubscribe();
  return { numbers, published, failure };
}

/** Reads, writes and polls a channel, and asks for the size of another, without a pause. */
export function alwaysBusy(camera: Camera): Observable<unknown> {
  const config = camera.channel('config', json<{ quality: number }>());
  const works: Observable<unknown>[] = [
    config.read(),
    config.write({ quality: 50 }),
    config.poll(),
    camera.channel('imu').size(),
  ];
  return merge(
    ...works.map((work) =>
      work.pipe(
        catchError(() => EMPTY),
        repeat(),
      ),
    ),
  );
}
