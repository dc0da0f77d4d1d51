import { map, Observable, Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { Camera, isOpenMVError, type CameraState, type Connection, type Transport } from '../../../lib/index.js';
import { ChannelFlag } from '../../../lib/operators/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { Clock } from '../../device/clock.js';

/** A computer that can be put to sleep: its timers wait until it wakes, its clock goes on, and a port keeps little. */
class Computer implements SchedulerLike {
  asleep = false;
  readonly #late: (() => void)[] = [];
  #held: (() => void)[] = [];
  #heldBytes = 0;

  constructor(
    private readonly clock: Clock,
    /** What the port keeps of the bytes that arrive in the meantime. */
    private readonly portBytes: number,
  ) {}

  now(): number {
    return this.clock.now();
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    const { clock } = this;
    const whenAwake = (act: () => void): void => {
      if (this.asleep) this.#late.push(act);
      else act();
    };
    return clock.schedule(
      function (this: SchedulerAction<T>, given?: T) {
        whenAwake(() => {
          if (!this.closed) work.call(this, given);
        });
      },
      delay,
      state,
    );
  }

  wake(first: 'timers' | 'bytes'): void {
    this.asleep = false;
    const [late, held] = [this.#late.splice(0), this.#held];
    this.#held = [];
    this.#heldBytes = 0;
    for (const act of first === 'timers' ? [...late, ...held] : [...held, ...late]) act();
  }

  portTo(transport: Transport): Transport {
    return {
      name: transport.name,
      open: () =>
        transport.open().pipe(
          map((connection): Connection => ({
            write: (bytes) => connection.write(bytes),
            bytes$: new Observable((subscriber) =>
              connection.bytes$.subscribe((bytes) => {
                if (!this.asleep) subscriber.next(bytes);
                else if ((this.#heldBytes += bytes.length) <= this.portBytes)
                  this.#held.push(() => subscriber.next(bytes));
              }),
            ),
          })),
        ),
    };
  }
}

const CASES = [4096, 0].flatMap((portBytes) =>
  (['timers', 'bytes'] as const).flatMap((first) => [0, 2, 5].map((intoMs) => ({ portBytes, first, intoMs }))),
);

describe('a host that sleeps', () => {
  it.each(CASES)(
    'goes on with frames, text and writes: port keeps $portBytes, $first first, $intoMs ms into a frame',
    ({ portBytes, first, intoMs }) => {
      const clock = new Clock();
      const computer = new Computer(clock, portBytes);
      const device = new VirtualCamera({
        scheduler: clock,
        frameSource: (index) => Uint8Array.of(0xff, 0xd8, index, ...new Uint8Array(20_000), 0xff, 0xd9),
      });
      const written: number[] = [];
      device.device.register(
        'notes',
        { write: (_: number, data: Uint8Array) => written.push(data[0] ?? 0) && data.length },
        ChannelFlag.WRITE,
      );
      const camera = new Camera(computer.portTo(device.transport()), { scheduler: computer });
      const states: CameraState[] = [];
      let frames = 0;
      let text = '';
      const failed: unknown[] = [];
      const subscription = new Subscription();
      subscription.add(camera.state$.subscribe((state) => states.push(state)));
      subscription.add(camera.frames$.subscribe({ next: () => frames++, error: (error) => failed.push(error) }));
      subscription.add(
        camera.stdout$.subscribe({ next: (chunk) => void (text += chunk), error: (e) => failed.push(e) }),
      );
      clock.pass(2000);
      expect(frames).toBeGreaterThan(10);
      const seen = frames;
      while (frames === seen) clock.pass(1);
      clock.pass(intoMs);

      let outcome: unknown;
      camera
        .channel('notes')
        .write(Uint8Array.of(1))
        .subscribe({ error: (error: unknown) => (outcome = error), complete: () => (outcome = 'done') });
      computer.asleep = true;
      clock.pass(600_000);
      const before = frames;
      computer.wake(first);
      text = '';
      clock.pass(4000);

      expect(failed).toEqual([]);
      expect(states.at(-1)?.state).toBe('ready');
      for (const { state, reason } of states.slice(1)) expect([state, reason.length > 0]).toEqual([state, true]);
      expect(frames - before).toBeGreaterThan(25);
      expect(text).toMatch(/frame \d+/);
      // What was under way when it fell asleep has ended, and was not done twice.
      if (outcome === 'done') expect(written).toEqual([1]);
      else {
        expect(isOpenMVError(outcome)).toBe(true);
        expect(written.length).toBeLessThanOrEqual(1);
      }
      const done: unknown[] = [];
      camera
        .channel('notes')
        .write(Uint8Array.of(2))
        .subscribe({ error: (error) => done.push(error), complete: () => done.push('done') });
      clock.pass(100);
      expect(done).toEqual(['done']);
      expect(written.at(-1)).toBe(2);
      subscription.unsubscribe();
    },
  );
});
