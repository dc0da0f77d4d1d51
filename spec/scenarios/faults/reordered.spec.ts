import { concatMap, map } from 'rxjs';
import { Camera, type Connection, type Transport } from '../../../lib/index.js';
import { Opcode } from '../../../lib/operators/index.js';
import { faulty } from '../../../lib/testing.js';
import { VirtualCamera } from '../../../lib/virtual/index.js';
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

/** Holds the notification of the tenth frame back until its LOCK was answered, and loses the answer to the next LOCK. */
function lateNotification(transport: Transport): Transport {
  let notifications = 0;
  let locks = 0;
  let late: Uint8Array | undefined;
  const passed = (bytes: Uint8Array): Uint8Array[] => {
    const [, , , channel, , opcode] = bytes;
    if (opcode === Opcode.CHANNEL_EVENT && channel === STREAM && ++notifications === 10) {
      late = bytes;
      return [];
    }
    if (opcode !== Opcode.CHANNEL_LOCK || (late === undefined && locks === 0)) return [bytes];
    locks++;
    if (locks === 1) return [bytes, late!];
    return locks === 2 ? [] : [bytes];
  };
  const connected = (connection: Connection): Connection => ({
    bytes$: connection.bytes$.pipe(concatMap(passed)),
    write: (bytes) => connection.write(bytes),
  });
  return { name: transport.name, open: () => transport.open().pipe(map(connected)) };
}

const STREAM = 3;

describe('a notification that comes behind the LOCK of its frame', () => {
  it('is not taken for that of the next frame, whose LOCK may have been refused', () => {
    const scheduler = new SteadyClock();
    const device = new VirtualCamera({
      scheduler,
      framesPerSecond: 80,
      stdoutIntervalMs: false,
      frameSource: (index) => new Uint8Array(5000).fill(index),
    });
    const network = faulty(lateNotification(device.transport()), { delay: 0.1, scheduler });
    const camera = new Camera(network, { scheduler, capabilities: { ack: false } });
    const numbers: number[] = [];
    camera.frames$.subscribe(({ data }) => numbers.push(data[0]!));
    scheduler.pass(2000);
    expect(numbers.length).toBeGreaterThan(30);
    expect(numbers.filter((number, at) => at > 0 && number <= numbers[at - 1]!)).toEqual([]);
  });
});
