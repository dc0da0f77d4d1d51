import { Camera, faulty, VirtualCamera } from '../../../lib/index.js';
import { SteadyClock } from './steady-clock.js';

const FRAME_BYTES = 40_001;

/** The numbers of the frames of ten seconds, over a network that loses datagrams and lets one overtake another. */
function frameNumbers(seed: number, delay: number, jitter: number): number[] {
  const scheduler = new SteadyClock();
  const device = new VirtualCamera({
    scheduler,
    maxPayload: 1400,
    ack: false,
    framesPerSecond: 100,
    stdoutIntervalMs: false,
    frameSource: (index) => new Uint8Array(FRAME_BYTES).fill(index & 0xff, 0, 1).fill(index >> 8, 1, 2),
  });
  const network = faulty(device.transport(), { loss: 0.02, reorder: 0.02, delay, jitter, seed, scheduler });
  const camera = new Camera(network, { scheduler, capabilities: { ack: false } });
  const numbers: number[] = [];
  camera.frames$.subscribe(({ data: [low = 0, high = 0] }) => numbers.push(low | (high << 8)));
  scheduler.pass(10_000);
  return numbers;
}

describe('frames over a network that changes the order of packets', () => {
  it.each([
    ['a notification is late', 3, 0.3, 0.2],
    ['a notification is late', 10, 0.3, 0.2],
    ['a LOCK was refused and not executed', 7, 0.05, 0],
    ['a LOCK was refused and not executed', 9, 0.05, 0],
  ])('come once each, also where %s (seed %i)', (_, seed, delay, jitter) => {
    const numbers = frameNumbers(seed, delay, jitter);
    expect(numbers.length).toBeGreaterThan(200);
    expect(numbers.filter((number, at) => at > 0 && number <= numbers[at - 1]!)).toEqual([]);
  });
});
