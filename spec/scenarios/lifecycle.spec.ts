import { NEVER, Observable, Subject } from 'rxjs';
import {
  Camera,
  isOpenMVError,
  OpenMVError,
  type CameraOptions,
  type CameraState,
  type Connection,
  type Transport,
} from '../../lib/index.js';
import { Opcode } from '../../lib/operators/index.js';
import { Clock } from '../device/clock.js';
import { ScriptedPort } from '../host/scripted-port.js';
import { Bench } from './test-bench.js';

function statesOf(camera: Camera): CameraState['state'][] {
  const states: CameraState['state'][] = [];
  camera.state$.subscribe(({ state }) => states.push(state));
  return states;
}

/** A camera on a transport that the test makes, in virtual time. */
function on(transport: Transport, options: CameraOptions = {}): { camera: Camera; clock: Clock } {
  const clock = new Clock();
  return { camera: new Camera(transport, { scheduler: clock, ...options }), clock };
}

const missing: Transport = {
  name: '/dev/ttyACM9',
  open: () =>
    new Observable((subscriber) => subscriber.error(new OpenMVError('PORT_UNAVAILABLE', '/dev/ttyACM9 is not there'))),
};

describe('the link to a camera', () => {
  it('is not opened by a Camera, nor by looking at its state', () => {
    const bench = new Bench();
    expect(statesOf(bench.camera)).toEqual(['closed']);
    bench.pass(1000);
    expect(bench.openings).toBe(0);
  });

  it('is opened once for all who use it, and closed a grace after the last has gone', () => {
    const bench = new Bench({}, { closeAfterMs: 300 });
    const states = statesOf(bench.camera);
    const users = [bench.camera.connect(), bench.camera.events$.subscribe(), bench.camera.channels$.subscribe()];
    bench.pass(100);
    expect(states.at(-1)).toBe('ready');
    for (const user of users) user.unsubscribe();
    bench.pass(299);
    expect(states.at(-1)).toBe('ready');
    bench.pass(2);
    expect(states.at(-1)).toBe('closed');
    expect(bench.openings).toBe(1);
  });

  it('stays open when the next user comes within the grace', () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i++) {
      bench.camera.info().subscribe();
      bench.pass(100);
    }
    expect(bench.openings).toBe(1);
  });

  it('tells what the camera is', () => {
    const bench = new Bench({ bufferSize: 8192 });
    let board = '';
    let maxPayload = 0;
    bench.camera.info().subscribe((info) => {
      board = info.board;
      maxPayload = info.capabilities.maxPayload;
      expect(info.versions.protocol).toEqual({ major: 1, minor: 0, patch: 2 });
      expect(info.deviceId).toMatch(/^[0-9A-F]{24}$/);
    });
    bench.pass(100);
    expect([board, maxPayload]).toEqual(['OpenMV Cam H7', 8178]);
  });

  it('negotiates what the program wants', () => {
    const bench = new Bench({}, { capabilities: { ack: false, maxPayload: 1000 } });
    bench.camera.info().subscribe(({ capabilities }) => {
      expect(capabilities).toEqual({ crc: true, seq: true, ack: false, events: true, maxPayload: 1000 });
    });
    const data = new Uint8Array(5000).fill(7);
    bench.device.device.register('data', { size: () => data.length, readp: () => data });
    let read: Uint8Array | undefined;
    bench.camera
      .channel('data')
      .read()
      .subscribe((value) => (read = value));
    bench.pass(100);
    expect(read).toEqual(data);
    expect.assertions(2);
  });

  it('goes with a reset of the camera and is opened again', () => {
    const bench = new Bench();
    const states = statesOf(bench.camera);
    const link = bench.camera.connect();
    bench.pass(100);
    let sent = false;
    bench.camera.reset().subscribe({ complete: () => (sent = true) });
    bench.pass(1000);
    expect(sent).toBe(true);
    expect(states.slice(3)).toEqual(['ready', 'lost', 'opening', 'opening', 'ready']);
    expect(bench.sent(Opcode.SYS_RESET)).toHaveLength(1);
    link.unsubscribe();
  });

  describe('that can not be opened', () => {
    it('is an error for all who use it', () => {
      const { camera, clock } = on(missing);
      const errors: unknown[] = [];
      camera.info().subscribe({ error: (error: unknown) => errors.push(error) });
      camera.frames$.subscribe({ error: (error: unknown) => errors.push(error) });
      camera
        .channel('config')
        .read()
        .subscribe({ error: (error: unknown) => errors.push(error) });
      clock.pass(1);
      expect(errors.map((error) => isOpenMVError(error, 'PORT_UNAVAILABLE'))).toEqual([true, true, true]);
    });

    it('shows in the state, with the reason, while connect() throws nothing', () => {
      const { camera } = on(missing);
      const states: CameraState[] = [];
      camera.state$.subscribe((state) => states.push(state));
      camera.connect();
      expect(states.map(({ state }) => state)).toEqual(['closed', 'opening', 'closed']);
      expect(states.at(-1)).toMatchObject({ reason: '/dev/ttyACM9 is not there', error: { code: 'PORT_UNAVAILABLE' } });
    });

    it('is tried again by the next to subscribe', () => {
      let there = false;
      const port = new ScriptedPort();
      const { camera } = on({ name: 'late', open: () => (there ? port.open() : missing.open()) });
      camera.connect();
      there = true;
      camera.connect();
      expect(port.openings).toBe(1);
    });

    it('is tried again by itself where the program asked for that, and commands wait for it within their deadline', () => {
      const bench = new Bench();
      let attempts = 0;
      const real = bench.device.transport();
      const camera = new Camera(
        { name: 'late', open: () => (++attempts < 4 ? missing.open() : real.open()) },
        { scheduler: bench.clock, reconnect: 'always' },
      );
      const states = statesOf(camera);
      let known = false;
      camera.info().subscribe(() => (known = true));
      bench.pass(2000);
      expect(known).toBe(true);
      expect(states.slice(0, 7)).toEqual(['closed', 'opening', 'lost', 'opening', 'lost', 'opening', 'lost']);
      expect(attempts).toBe(4);
    });
  });

  describe('on a port behind which no camera is', () => {
    const silent: Transport = { name: 'silent', open: () => new ScriptedPort().open() };

    it('errors within the time for opening, and says what to look for', () => {
      const port = new ScriptedPort();
      const { camera, clock } = on(port);
      let error: unknown;
      camera.info().subscribe({ error: (thrown: unknown) => (error = thrown) });
      clock.pass(3999);
      expect(error).toBeUndefined();
      clock.pass(1);
      expect(error).toMatchObject({ code: 'TIMEOUT' });
      expect((error as Error).message).toMatch(/firmware 5\.0\.0/);
      expect(port.isOpen).toBe(false);
    });

    it('errors as well when random bytes never stop', () => {
      const port = new ScriptedPort();
      const { camera, clock } = on(port);
      let error: unknown;
      camera.frames$.subscribe({ error: (thrown: unknown) => (error = thrown) });
      let state = 12345;
      const random = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24;
      for (let ms = 0; ms < 4000; ms += 10) {
        port.receiveBytes(Uint8Array.from({ length: 500 }, random));
        clock.pass(10);
      }
      expect(error).toMatchObject({ code: 'TIMEOUT' });
      expect(port.isOpen).toBe(false);
    });

    it('errors when the port itself never opens', () => {
      const { camera, clock } = on({ name: 'stuck', open: () => new Subject<Connection>() });
      let error: unknown;
      camera.info().subscribe({ error: (thrown: unknown) => (error = thrown) });
      clock.pass(4000);
      expect(error).toMatchObject({
        code: 'TIMEOUT',
        message: expect.stringContaining('stuck did not open') as string,
      });
    });

    it('leaves no timer behind', () => {
      const { camera, clock } = on(silent);
      camera.info().subscribe({ error: () => undefined });
      clock.pass(5000);
      expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
    });
  });

  describe('that is lost', () => {
    const pulled = new OpenMVError('LINK_LOST', 'the port is gone');

    it.each(['after-ready', 'never'] as const)(
      'ends a command that changes something with OUTCOME_UNKNOWN (reconnect: %s)',
      (reconnect) => {
        const bench = new Bench({}, { reconnect });
        const stuck = new Subject<number>();
        bench.device.device.register('stuck', { write: () => stuck });
        let error: unknown;
        bench.camera
          .channel('stuck')
          .write(Uint8Array.of(1))
          .subscribe({ error: (thrown: unknown) => (error = thrown) });
        bench.pass(50);
        bench.unplug(pulled);
        expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      },
    );

    it('is no error for a command that can be repeated: the next link serves it', () => {
      const bench = new Bench();
      const answers: Subject<number>[] = [];
      bench.device.device.register('slow', { size: () => (answers.push(new Subject()), answers.at(-1)!) });
      let size: number | undefined;
      bench.camera
        .channel('slow')
        .size()
        .subscribe((value) => (size = value));
      bench.pass(50);
      bench.unplug(pulled);
      bench.pass(500);
      expect(answers.length).toBeGreaterThan(1);
      answers.at(-1)!.next(42);
      answers.at(-1)!.complete();
      bench.pass(100);
      expect(size).toBe(42);
    });

    it('is an error for all where the program wants no other', () => {
      const bench = new Bench({}, { reconnect: 'never' });
      const errors: unknown[] = [];
      bench.camera.frames$.subscribe({ error: (error: unknown) => errors.push(error) });
      bench.camera.events$.subscribe({ error: (error: unknown) => errors.push(error) });
      bench.pass(500);
      bench.unplug(pulled);
      bench.pass(100);
      expect(errors).toEqual([pulled, pulled]);
      expect(bench.openings).toBe(1);
    });

    it('makes commands wait for the next no longer than their deadline', () => {
      const bench = new Bench();
      let fails = false;
      const real = bench.device.transport();
      const port = new Subject<never>();
      const camera = new Camera(
        {
          name: 'port',
          open: () =>
            new Observable((subscriber) => {
              if (fails) return missing.open().subscribe(subscriber);
              subscriber.add(port.subscribe(subscriber));
              return real.open().subscribe(subscriber);
            }),
        },
        { scheduler: bench.clock, commandTimeoutMs: 1000 },
      );
      camera.connect();
      bench.pass(100);
      fails = true;
      port.error(pulled);
      let error: unknown;
      camera
        .channel('config')
        .read()
        .subscribe({ error: (thrown: unknown) => (error = thrown) });
      bench.pass(999);
      expect(error).toBeUndefined();
      bench.pass(2);
      expect(error).toMatchObject({ code: 'LINK_LOST' });
      expect((error as Error).message).toContain('not there');
    });

    it('is opened again with longer and longer pauses', () => {
      const bench = new Bench();
      const at: number[] = [];
      let real: Transport | undefined = bench.device.transport();
      const port = new Subject<never>();
      const camera = new Camera(
        {
          name: 'port',
          open: () =>
            new Observable((subscriber) => {
              at.push(bench.clock.now());
              if (real === undefined) return missing.open().subscribe(subscriber);
              subscriber.add(port.subscribe(subscriber));
              return real.open().subscribe(subscriber);
            }),
        },
        { scheduler: bench.clock },
      );
      camera.connect();
      bench.pass(100);
      real = undefined;
      port.error(pulled);
      bench.pass(20_000);
      const pauses = at.slice(1).map((time, i) => time - at[i]!);
      [100, 200, 400, 800, 1600, 2000, 2000].forEach((least, i) => {
        const pause = i === 0 ? pauses[0]! - 100 : pauses[i]!;
        expect(pause).toBeGreaterThanOrEqual(least);
        expect(pause).toBeLessThanOrEqual(least * 1.2 + 1);
      });
    });
  });
});

describe('options', () => {
  it('of a camera may be left undefined, and wait for ever', () => {
    const bench = new Bench();
    const options = { frameTimeoutMs: Infinity, reconnect: undefined, openTimeoutMs: undefined };
    const camera = new Camera(bench.device.transport(), { scheduler: bench.clock, ...(options as object) });
    const link = camera.connect();
    camera.stop().subscribe();
    bench.pass(1000);
    let error: unknown;
    camera.readFrame().subscribe({ error: (thrown: unknown) => (error = thrown) });
    bench.pass(100_000);
    expect(error).toBeUndefined();
    link.unsubscribe();
  });
});

describe('options that make no sense', () => {
  const nowhere: Transport = { name: 'nowhere', open: () => NEVER };

  it.each([
    { openTimeoutMs: -1 },
    { commandTimeoutMs: Number.NaN },
    { capabilities: { maxPayload: 49 } },
    { reconnect: 'sometimes' as 'always' },
    { capabilities: { maxPayload: 100.5 } },
  ])('are refused at the call: %j', (options: CameraOptions) => {
    expect(() => new Camera(nowhere, options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});
