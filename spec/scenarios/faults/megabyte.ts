import { Camera } from '../../../lib/index.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
import { pattern } from '../../contracts/far-end.js';
import { SteadyClock } from './steady-clock.js';
import { Wire } from './wire.js';

/** What became of a large value that was written and read back, and the seconds that each took. */
export interface RoundTrip {
  readonly right: boolean;
  readonly error: unknown;
  readonly writtenS: number;
  readonly readS: number;
  readonly resynchronisations: number;
}

/** Writes a value `atLeastOnce` and reads it back, at 1 % loss both ways, in virtual time. */
export function writeAndReadBack(bytes: number, bufferSize: 512 | 4096 | 8192, seed: number): RoundTrip {
  const clock = new SteadyClock();
  const wire = new Wire(clock, seed);
  const device = new VirtualCamera({ scheduler: clock, bufferSize, stdoutIntervalMs: false });
  const held = new Uint8Array(bytes);
  device.device.register('held', {
    size: () => held.length,
    read: (offset, size) => held.subarray(offset, offset + size),
    write: (offset, data) => {
      held.set(data, offset);
      return data.length;
    },
  });
  const camera = new Camera(wire.through(device.transport()), { scheduler: clock });
  const link = camera.connect();
  clock.pass(1000);
  wire.faults({ delay: 0.1, loss: 0.01 });
  const data = pattern(bytes, seed);
  let error: unknown;
  let read: Uint8Array | undefined;
  let resynchronisations = 0;
  const until = (done: () => boolean): number => {
    const begun = clock.now();
    while (!done() && error === undefined && clock.now() - begun < 300_000) clock.pass(10);
    return (clock.now() - begun) / 1000;
  };
  let written = false;
  const failed = (reason: unknown): void => void (error = reason);
  camera
    .channel('held')
    .write(data, { atLeastOnce: true })
    .subscribe({ error: failed, complete: () => (written = true) });
  const writtenS = until(() => written);
  camera
    .channel('held')
    .read()
    .subscribe({ next: (value) => (read = value), error: failed });
  const readS = until(() => read !== undefined);
  camera.stats$.subscribe((now) => ({ resynchronisations } = now)).unsubscribe();
  link.unsubscribe();
  const right = read !== undefined && Buffer.compare(read, data) === 0;
  return { right, error, writtenS, readS, resynchronisations };
}
