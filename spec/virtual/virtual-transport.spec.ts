import { Subscription } from 'rxjs';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { memoryPair } from '../../lib/transport/memory.js';
import type { Connection } from '../../lib/transport/transport.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { Clock } from '../device/clock.js';
import { command, inWords, SYNC } from '../device/support.js';

describe('the transport of a VirtualCamera', () => {
  let opened: Subscription;
  beforeEach(() => (opened = new Subscription()));
  afterEach(() => opened.unsubscribe());

  const open = (camera: VirtualCamera, onError: (error: unknown) => void = () => undefined) => {
    let connection: Connection | undefined;
    opened.add(
      camera
        .transport()
        .open()
        .subscribe({ next: (value) => (connection = value), error: onError }),
    );
    return connection;
  };
  const timed = () => {
    const clock = new Clock();
    return { clock, camera: new VirtualCamera({ scheduler: clock, stdoutIntervalMs: false }) };
  };
  const lostWith = (code: string): unknown => expect.objectContaining({ code });

  it('reaches the camera, which answers', () => {
    const { camera, clock } = timed();
    const connection = open(camera)!;
    const chunks: string[] = [];
    connection.bytes$.subscribe((chunk) => chunks.push(inWords(chunk)));
    connection.write(SYNC);
    clock.pass(1);
    expect(chunks).toContain('0 PROTO_SYNC@0 ACK');
  });

  it('is in use while it is open, and free afterwards', () => {
    const camera = new VirtualCamera();
    const errors: unknown[] = [];
    open(camera);
    expect(open(camera, (error) => errors.push(error))).toBeUndefined();
    expect(errors).toEqual([lostWith('PORT_UNAVAILABLE')]);
    opened.unsubscribe();
    opened = new Subscription();
    expect(open(camera)).toBeDefined();
  });

  it('is lost when the host resets the camera, and can be opened again', () => {
    const { camera, clock } = timed();
    const errors: unknown[] = [];
    const connection = open(camera, (error) => errors.push(error))!;
    connection.write(SYNC);
    connection.write(command(0, Opcode.SYS_RESET));
    clock.pass(1);
    expect(errors).toEqual([lostWith('LINK_LOST')]);
    expect(open(camera)).toBeDefined();
  });

  it('is lost when the camera is attached elsewhere', () => {
    const { camera, clock } = timed();
    const errors: unknown[] = [];
    open(camera, (error) => errors.push(error));
    const [other] = memoryPair();
    opened.add(other.open().subscribe((connection) => camera.attach(connection)));
    clock.pass(1);
    expect(errors).toEqual([lostWith('LINK_LOST')]);
  });

  it('lets the program end: nothing runs when nobody is attached', async () => {
    const running = runningIntervals();
    try {
      open(new VirtualCamera());
      expect(running.count).toBeGreaterThan(0);
      opened.unsubscribe();
      // The camera hears of it in a later turn.
      for (let turn = 0; turn < 1000 && running.count > 0; turn++) await new Promise(setImmediate);
      expect(running.count).toBe(0);
    } finally {
      running.restore();
    }
  });
});

/** Intervals, of which RxJS makes all its timers, that were begun from now on and are not cleared: not those of the test runner. */
function runningIntervals(): { readonly count: number; restore(): void } {
  const { setInterval, clearInterval } = globalThis;
  const live = new Set<unknown>();
  globalThis.setInterval = ((...given: Parameters<typeof setInterval>) => {
    const handle = setInterval(...given);
    live.add(handle);
    return handle;
  }) as typeof setInterval;
  globalThis.clearInterval = (handle) => {
    live.delete(handle);
    clearInterval(handle);
  };
  return {
    get count() {
      return live.size;
    },
    restore: () => Object.assign(globalThis, { setInterval, clearInterval }),
  };
}
