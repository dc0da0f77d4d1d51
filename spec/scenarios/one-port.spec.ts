import { Observable } from 'rxjs';
import { Camera, type Connection, type Transport } from '../../lib/index.js';
import { VirtualCamera } from '../../lib/virtual/index.js';
import { Clock } from '../device/clock.js';
import { streamOf } from '../virtual/stream-of.js';

/** A port that is slow to close, as a system's is, and that only one may have open. Each description of it is an object of its own. */
class SlowPort {
  readonly clock = new Clock();
  readonly device = new VirtualCamera({ scheduler: this.clock, stdoutIntervalMs: false });
  openings = 0;
  #isOpen = false;

  transport(): Transport {
    return {
      name: 'a port',
      port: 'a port',
      open: () =>
        new Observable<Connection>((subscriber) => {
          this.openings++;
          if (this.#isOpen) {
            subscriber.error(new Error('the port is open already'));
            return;
          }
          this.#isOpen = true;
          subscriber.add(() => (this.#isOpen = false));
          subscriber.add(this.device.transport().open().subscribe(subscriber));
        }),
    };
  }

  camera(closeAfterMs = 1000): Camera {
    return new Camera(this.transport(), { scheduler: this.clock, closeAfterMs });
  }
}

function ended(camera: Camera): { value: string | undefined; error: unknown } {
  const end: { value: string | undefined; error: unknown } = { value: undefined, error: undefined };
  camera.info().subscribe({ next: ({ board }) => (end.value = board), error: (error: unknown) => (end.error = error) });
  return end;
}

describe('two cameras at one port', () => {
  it('are had one after the other: a link that is only still open is closed for the next one', () => {
    const port = new SlowPort();
    const first = ended(port.camera());
    port.clock.pass(10);
    const second = ended(port.camera());
    port.clock.pass(10);
    expect([first.value, second.value, second.error]).toEqual(['OpenMV Cam H7', 'OpenMV Cam H7', undefined]);
    expect(port.openings).toBe(2);
  });

  it('wait until the first has switched its stream off', () => {
    const port = new SlowPort();
    const camera = port.camera();
    const frames = camera.frames$.subscribe();
    port.clock.pass(500);
    frames.unsubscribe();
    const second = ended(port.camera());
    port.clock.pass(10);
    expect(second.value).toBe('OpenMV Cam H7');
    expect(streamOf(port.device).enabled).toBe(false);
  });

  it('are told when the first is still in use', () => {
    const port = new SlowPort();
    const link = port.camera().connect();
    port.clock.pass(100);
    const second = ended(port.camera());
    port.clock.pass(10);
    expect(second.error).toMatchObject({ message: expect.stringContaining('the port is open already') as string });
    link.unsubscribe();
  });

  it('go on with the first link when its camera is wanted again within the grace', () => {
    const port = new SlowPort();
    const camera = port.camera();
    ended(camera);
    port.clock.pass(10);
    const link = camera.connect();
    port.clock.pass(2000);
    expect(port.openings).toBe(1);
    link.unsubscribe();
    port.clock.pass(2000);
    expect(ended(camera).error).toBeUndefined();
    expect(port.openings).toBe(2);
  });

  it('do not mind another port of the same name', () => {
    const [one, two] = [new SlowPort(), new SlowPort()];
    ended(one.camera());
    one.clock.pass(10);
    const other = new VirtualCamera({ name: 'a port', scheduler: two.clock });
    const second = ended(new Camera(other.transport(), { scheduler: two.clock }));
    two.clock.pass(10);
    expect(second.value).toBe('OpenMV Cam H7');
    ended(one.camera());
    one.clock.pass(10);
    expect(one.openings).toBe(2);
  });
});
