import { catchError, defer, EMPTY, map, merge, repeat, take, type Observable } from 'rxjs';
import { Camera, json, VirtualCamera } from '../../lib/index.js';
import { SteadyClock } from './faults/steady-clock.js';
import { Wire } from './faults/wire.js';

const FRAMES = 10_000;

/** A camera that numbers the frames that it publishes, and a host on a wire that is as quick as USB. */
class Published {
  readonly clock = new SteadyClock();
  readonly device = new VirtualCamera({
    scheduler: this.clock,
    stdoutIntervalMs: false,
    framesPerSecond: 100,
    // Only what is published is drawn.
    frameSource: () => Uint8Array.of(this.count, this.count >> 8, this.count++ >> 16, ...new Uint8Array(200)),
  });
  readonly camera = new Camera(new Wire(this.clock).slowed(0.1).through(this.device.transport()), {
    scheduler: this.clock,
  });
  count = 0;

  /** Reads, writes and polls a channel without a pause. */
  beside(): Observable<unknown> {
    const config = this.camera.channel('config', json<{ quality: number }>());
    const busy = [config.read(), config.write({ quality: 50 }), config.poll(), this.camera.channel('imu').size()];
    return merge(
      ...busy.map((work) =>
        defer(() => work as Observable<unknown>).pipe(
          catchError(() => EMPTY),
          repeat(),
        ),
      ),
    );
  }
}

const ways: readonly [string, (camera: Camera) => Observable<{ readonly data: Uint8Array }>][] = [
  ['readFrame() in a loop', (camera) => defer(() => camera.readFrame()).pipe(repeat())],
  ['frames$, one at a time', (camera) => camera.frames$.pipe(take(1), repeat())],
  ['frames$', (camera) => camera.frames$],
];

describe.each(ways)('%s beside a channel that is read, written and polled without a pause', (_, read) => {
  it(`has each of the ${FRAMES} frames that the camera published`, () => {
    const published = new Published();
    const { clock, camera } = published;
    const numbers: number[] = [];
    let failure: unknown;
    const beside = published.beside().subscribe();
    const reading = read(camera)
      .pipe(
        take(FRAMES),
        map(({ data }) => data[0]! | (data[1]! << 8) | (data[2]! << 16)),
      )
      .subscribe({ next: (number) => numbers.push(number), error: (error: unknown) => (failure = error) });
    for (let s = 0; s < 400 && numbers.length < FRAMES && failure === undefined; s++) clock.pass(1000);
    reading.unsubscribe();
    beside.unsubscribe();
    expect(failure).toBeUndefined();
    expect(numbers).toEqual(Array.from({ length: FRAMES }, (__, i) => numbers[0]! + i));
    expect(published.count).toBeLessThanOrEqual(numbers[0]! + FRAMES + 1);
  });
});
