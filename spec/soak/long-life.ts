import { type Observable, Subscription } from 'rxjs';
import { Camera, isOpenMVError } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { seededRandom } from '../../lib/transport/fault-line.js';
import { SteadyClock } from '../scenarios/faults/steady-clock.js';
import { Wire } from '../scenarios/faults/wire.js';
import type { Figures } from './main.js';

const HOUR_MS = 3_600_000;
const STEPS_AN_HOUR = 12;
/** How much more memory may be held at the end than after a warm-up: what a collector leaves differs by about that. */
const MOST_GROWTH_BYTES = 3_000_000;

/**
 * Hours of a camera's life in virtual time: frames, text, events and commands, with faults that come and go, soft reboots
 * by scripts that are run and stopped, resets, and a plug that is pulled. Memory is to stay flat, and nothing to be left.
 */
export function* longLife(hours: number, seed: number): Generator<Figures> {
  const random = seededRandom(seed);
  const clock = new SteadyClock();
  const wire = new Wire(clock, seed);
  const device = new VirtualCamera({
    scheduler: clock,
    framesPerSecond: 10,
    frameSource: (index) => Uint8Array.of(0xff, 0xd8, index, index >> 8, ...new Uint8Array(3000)),
  });
  const camera = new Camera(wire.through(device.transport()), { scheduler: clock, reconnect: 'always' });
  const counts = {
    frames: 0,
    texts: 0,
    events: 0,
    values: 0,
    states: 0,
    unplugged: 0,
    scripts: 0,
    wrong: [] as string[],
  };
  const ended: Record<string, number> = {};
  const fail = (what: string) => (error: unknown) => counts.wrong.push(`${what} ended: ${String(error)}`);

  const live = (): Subscription => {
    const all = new Subscription();
    all.add(camera.frames$.subscribe({ next: () => counts.frames++, error: fail('frames$') }));
    all.add(camera.stdout$.subscribe({ next: () => counts.texts++, error: fail('stdout$') }));
    all.add(camera.events$.subscribe({ next: () => counts.events++, error: fail('events$') }));
    all.add(camera.channel('frame').value$.subscribe({ next: () => counts.values++, error: fail('value$') }));
    return all;
  };
  camera.state$.subscribe(() => counts.states++);

  const happen = (): void => {
    const what = random();
    if (what < 0.3) {
      const share = (): number => (random() < 0.5 ? 0 : random() * 0.1);
      wire.faults({ loss: share(), damage: share(), delay: random() * 3, jitter: random() });
    } else if (what < 0.6) wire.faults({ delay: random() });
    else if (what < 0.65) {
      counts.unplugged++;
      wire.unplug();
    } else if (what < 0.7) device.device.softReboot();
    else if (what < 0.75) {
      counts.scripts++;
      const script = random() < 0.5 ? 'print("once")' : 'while True: print("on")';
      count('run', camera.run(script));
    } else if (what < 0.78) count('stop', camera.stop());
    else if (what < 0.9) count('info', camera.deviceStats());
    else count('config', camera.channel('config').read());
  };
  const count = (what: string, work: Observable<unknown>): void => {
    const over = (code: string): void => void (ended[`${what} ${code}`] = (ended[`${what} ${code}`] ?? 0) + 1);
    work.subscribe({
      complete: () => over('done'),
      error: (error: unknown) => over(isOpenMVError(error) ? error.code : String(error)),
    });
  };

  const heap: number[] = [];
  let subscriptions = live();
  const started = performance.now();
  for (let step = 0; step < hours * STEPS_AN_HOUR; step++) {
    for (const until = clock.now() + HOUR_MS / STEPS_AN_HOUR; clock.now() < until;) {
      happen();
      clock.pass(1000 * random() * 4);
    }
    // All leave, and after the grace nothing may be left; then all come again.
    subscriptions.unsubscribe();
    wire.faults({});
    clock.pass(20_000);
    if (clock.pending > 0) counts.wrong.push(`${clock.pending} timers were left after step ${step}`);
    (globalThis as { gc?: () => void }).gc?.();
    heap.push(process.memoryUsage().heapUsed);
    subscriptions = live();
    clock.pass(10_000);
  }
  // Pictures come while a script runs.
  count('run', camera.run('while True: pass'));
  clock.pass(5000);
  const before = counts.frames;
  clock.pass(5000);
  if (counts.frames - before < 30) counts.wrong.push(`only ${counts.frames - before} frames in the last 5 s`);
  subscriptions.unsubscribe();
  clock.pass(20_000);

  const growth = heap.at(-1)! - heap[Math.min(2, heap.length - 1)]!;
  const held = counts.wrong.length === 0 && growth < MOST_GROWTH_BYTES && clock.pending === 0;
  const tookSeconds = Math.round((performance.now() - started) / 1000);
  yield { name: 'long-life', held, ...{ hours, seed, tookSeconds, ...counts, ended, growth, heap } };
}
