import { type Subscription } from 'rxjs';
import { Camera } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { seededRandom } from '../../lib/transport/fault-line.js';
import { SteadyClock } from '../scenarios/faults/steady-clock.js';
import { Wire } from '../scenarios/faults/wire.js';
import { streamOf } from '../virtual/stream-of.js';

/** Programs that come and go in any order, and what they leave of a camera's locks and stream. */
export function left(
  seed: number,
  takesFrames: boolean,
): { locked: boolean; guarded: boolean; enabled: boolean; wanted: boolean; timers: number } {
  const random = seededRandom(seed);
  const clock = new SteadyClock();
  const wire = new Wire(clock, seed);
  wire.faults({ delay: random() * 3 });
  const device = new VirtualCamera({
    scheduler: clock,
    stdoutIntervalMs: false,
    framesPerSecond: 50,
    frameSource: () => new Uint8Array(9000),
  });
  let guarded = false;
  device.device.register('guarded', {
    lock: () => !guarded && (guarded = true),
    unlock: () => !(guarded = false),
    size: () => 3000,
    read: (_, size) => new Uint8Array(size),
  });
  const camera = new Camera(wire.through(device.transport()), { scheduler: clock, closeAfterMs: 200 });
  const quiet = { error: () => undefined };
  const link = camera.connect();
  clock.pass(300);
  const watching = new Set<Subscription>();
  const others = new Set<Subscription>();
  const start = [
    () => watching.add(camera.frames$.subscribe(quiet)),
    () => others.add(camera.channel('guarded').frames('grayscale').subscribe(quiet)),
    () =>
      others.add(
        camera
          .channel('guarded')
          .locked((channel) => channel.read())
          .subscribe(quiet),
      ),
    () => takesFrames && others.add(camera.readFrame().subscribe(quiet)),
    () => others.add(camera.channel('config').read().subscribe(quiet)),
    () => others.add(camera.channel('config').value$.subscribe(quiet)),
  ];
  const stop = (from: Set<Subscription>): void => {
    const [some] = [...from].slice(Math.floor(random() * from.size));
    some?.unsubscribe();
    if (some) from.delete(some);
  };
  for (let step = 0; step < 60; step++) {
    const what = random();
    if (what < 0.5) start[Math.floor(random() * start.length)]!();
    else stop(what < 0.75 ? watching : others);
    clock.pass(random() < 0.5 ? random() * 5 : random() * 250);
  }
  for (const one of others) one.unsubscribe();
  const isWanted = watching.size > 0;
  // Those who look are left, or nobody.
  clock.pass(1000);
  const stream = streamOf(device);
  const { enabled } = stream;
  for (const one of watching) one.unsubscribe();
  link.unsubscribe();
  clock.pass(2000);
  const { locked } = stream;
  return { locked, guarded, enabled, wanted: isWanted, timers: clock.pending };
}
