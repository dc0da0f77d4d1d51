import { EMPTY, of, Subject, take } from 'rxjs';
import { isOpenMVError, Camera, type Capabilities, type CameraOptions } from '../../lib/index.js';
import { ChannelFlag, Opcode } from '../../lib/operators/index.js';
import { Clock } from '../device/clock.js';
import { Bench } from './test-bench.js';

function written(host: CameraOptions = {}): { bench: Bench; notes: string[] } {
  const bench = new Bench({ stdoutIntervalMs: false }, host);
  const notes: string[] = [];
  bench.device.device.register(
    'notes',
    { write: (_: number, data: Uint8Array) => notes.push(Buffer.from(data).toString()) && data.length },
    ChannelFlag.WRITE,
  );
  return { bench, notes };
}

function now({ camera }: Bench): Capabilities | undefined {
  let capabilities: Capabilities | undefined;
  camera.info().subscribe((info) => (capabilities = info.capabilities));
  return capabilities;
}

/** How a write ends whose answer goes nowhere: the port is deaf from the moment that it goes out. */
function unansweredWrite(bench: Bench): unknown {
  let outcome: unknown;
  bench.onSent = () => (bench.deaf = true);
  bench.camera
    .channel('notes')
    .write(Buffer.from('once'))
    .subscribe({ error: (error: unknown) => (outcome = isOpenMVError(error) ? error.code : error) });
  bench.pass(5000);
  return outcome;
}

describe('negotiate()', () => {
  it.each([
    { ack: false },
    { events: false },
    { crc: false },
    { seq: false },
    { maxPayload: 64 },
    { crc: false, seq: false, ack: false, events: false, maxPayload: 50 },
  ])('changes %p while the camera is in use, and everything goes on', (wanted) => {
    const { bench, notes } = written();
    let frames = 0;
    bench.camera.frames$.subscribe(() => frames++);
    bench.pass(500);
    let settled: Capabilities | undefined;
    bench.camera.negotiate(wanted).subscribe((capabilities) => (settled = capabilities));
    bench.pass(500);
    expect(settled).toEqual({ crc: true, seq: true, ack: true, events: true, maxPayload: 4082, ...wanted });
    expect(now(bench)).toEqual(settled);
    const before = frames;
    const channel = bench.camera.channel('notes');
    channel.write(Buffer.from('a'.repeat(100))).subscribe();
    bench.pass(2000);
    expect(frames - before).toBeGreaterThan(wanted.events === false ? 1 : 25);
    expect(notes.join('')).toBe('a'.repeat(100));
    expect(Math.max(...notes.map(({ length }) => length))).toBeLessThanOrEqual((wanted.maxPayload ?? 4082) - 8);

    bench.camera.negotiate({ crc: true, seq: true, ack: true, events: true, maxPayload: 9999 }).subscribe();
    bench.pass(500);
    expect(now(bench)).toEqual({ crc: true, seq: true, ack: true, events: true, maxPayload: 4082 });
    const again = frames;
    bench.pass(1000);
    expect(frames - again).toBeGreaterThan(20);
  });

  it('holds in the sessions that follow', () => {
    const { bench } = written();
    bench.camera.connect();
    bench.camera.negotiate({ ack: false, crc: false }).subscribe();
    bench.run();
    bench.camera.stop().subscribe();
    bench.pass(2000);
    expect(now(bench)).toMatchObject({ ack: false, crc: false });
    bench.camera.run('while True: pass').subscribe();
    bench.pass(2000);
    expect(now(bench)).toMatchObject({ ack: false, crc: false, seq: true });
  });

  it('leaves what is given as undefined as it is', () => {
    const { bench } = written({ capabilities: { ack: false } });
    bench.camera.connect();
    bench.camera.negotiate({ ack: undefined, crc: false } as object).subscribe();
    bench.pass(500);
    expect(now(bench)).toMatchObject({ ack: false, crc: false });
  });

  it('hears an event that comes in one chunk with the answer, and has no CRC any more', () => {
    const { bench } = written();
    const notes = bench.device.device.register('told', { size: () => 0 });
    let events = 0;
    bench.camera.channel('told').events$.subscribe(() => events++);
    bench.pass(500);
    bench.inOneChunk(() => {
      bench.camera.negotiate({ crc: false }).subscribe();
      bench.pass(5);
      notes.sendEvent(7);
      bench.pass(5);
    });
    expect(events).toBe(1);
  });

  it('lets a write go on that was on its way with more bytes than the camera takes now', () => {
    const { bench, notes } = written();
    bench.camera.connect();
    bench.pass(500);
    let end: unknown;
    bench.camera.memory().subscribe();
    bench.camera
      .channel('notes')
      .write(Buffer.from('a'.repeat(200)))
      .subscribe({ complete: () => (end = 'done'), error: (error: unknown) => (end = error) });
    bench.camera.negotiate({ maxPayload: 64 }).subscribe();
    bench.pass(500);
    expect(end).toBe('done');
    expect(notes.join('')).toBe('a'.repeat(200));
    expect(bench.sent(Opcode.CHANNEL_WRITE)[0]?.payload).toHaveLength(208);
  });

  it.each([49, 0, 64.5, NaN])('refuses a maxPayload of %p at the call', (maxPayload) => {
    const { bench } = written();
    expect(() => bench.camera.negotiate({ maxPayload })).toThrow(/50/);
  });
});

describe('negotiate() whose answer is lost', () => {
  /** The camera's answers go nowhere for some milliseconds from the first SET_CAPS on. */
  function deafAtFirst(bench: Bench): void {
    bench.onSent = ([packet]) => {
      if (packet?.opcode !== Opcode.PROTO_SET_CAPS) return;
      bench.onSent = () => undefined;
      bench.deaf = true;
      bench.clock.schedule(() => (bench.deaf = false), 2);
    };
  }

  it.each([
    [{}, { crc: false }],
    [{}, { seq: false }],
    [{}, { ack: false }],
    [{}, { crc: false, seq: false, ack: false, events: false, maxPayload: 64 }],
    [{ crc: false, seq: false, ack: false }, { crc: true }],
    [{ crc: false, seq: false, ack: false }, { seq: true }],
    [
      { crc: false, seq: false, ack: false },
      { crc: true, seq: true, ack: true },
    ],
  ])('from %p to %p is answered anew, without a new session', (capabilities, wanted) => {
    const { bench, notes } = written({ capabilities });
    bench.camera.connect();
    bench.pass(500);
    const states: string[] = [];
    bench.camera.state$.subscribe(({ state }) => states.push(state));
    deafAtFirst(bench);
    let settled: Capabilities | undefined;
    bench.camera.negotiate(wanted).subscribe((now) => (settled = now));
    bench.pass(200);
    expect(settled).toMatchObject(wanted);
    expect(bench.sent(Opcode.PROTO_SYNC)).toHaveLength(1);
    bench.camera.channel('notes').write(Buffer.from('after')).subscribe();
    bench.pass(200);
    expect(notes.join('')).toBe('after');
    expect(states).toEqual(['ready']);
  });
});

describe('negotiate() that is unsubscribed from while the camera is about to answer', () => {
  it.each([{ crc: false }, { seq: false }, { maxPayload: 64 }])('holds %p all the same', (wanted) => {
    const { bench, notes } = written();
    bench.camera.connect();
    bench.pass(500);
    bench.camera.negotiate(wanted).subscribe().unsubscribe();
    bench.pass(200);
    expect(now(bench)).toMatchObject(wanted);
    bench.camera
      .channel('notes')
      .write(Buffer.from('a'.repeat(100)))
      .subscribe();
    bench.pass(200);
    expect(notes.join('')).toBe('a'.repeat(100));
    expect(bench.sent(Opcode.PROTO_SYNC)).toHaveLength(1);
  });

  it('lets no write be executed twice where the camera does not count any more', () => {
    const { bench, notes } = written();
    bench.camera.connect();
    bench.pass(500);
    bench.camera.negotiate({ seq: false, ack: false }).subscribe().unsubscribe();
    bench.pass(200);
    expect(unansweredWrite(bench)).toBe('OUTCOME_UNKNOWN');
    expect(notes).toEqual(['once']);
  });
});

describe('without sequence numbers', () => {
  it('a write whose reply is lost is not sent again, and its outcome is not known', () => {
    const { bench, notes } = written({ capabilities: { seq: false, ack: false } });
    bench.camera.connect();
    bench.pass(500);
    bench.forget();
    expect(unansweredWrite(bench)).toBe('OUTCOME_UNKNOWN');
    expect(bench.sent(Opcode.CHANNEL_WRITE)).toHaveLength(1);
    expect(notes).toEqual(['once']);
  });
});

describe.each([true, false])('a write that nobody waits for any more, and that is never answered (seq: %p)', (seq) => {
  it('is given up at its deadline, and what waits behind it has its turn', () => {
    const { bench, notes } = written({ capabilities: { seq, ack: false } });
    bench.camera.connect();
    bench.pass(500);
    // Neither the write nor any copy of it is answered, while all else is.
    bench.onSent = ([packet]) => (bench.deaf = packet?.opcode === Opcode.CHANNEL_WRITE);
    const write = bench.camera.channel('notes').write(Buffer.from('once')).subscribe();
    bench.pass(50);
    write.unsubscribe();
    let pools = 0;
    const asked = (): void => void bench.camera.memory().subscribe({ next: () => pools++, error: () => undefined });
    asked();
    // A camera that is silent is waited for as long again.
    bench.pass(8500);
    asked();
    bench.pass(1000);
    expect(pools).toBeGreaterThan(0);
    expect(notes).toEqual(['once']);
  });
});

describe('a camera with old firmware', () => {
  function opened(answer: (asked: Uint8Array) => Uint8Array | undefined): unknown {
    const clock = new Clock();
    const bytes$ = new Subject<Uint8Array>();
    const camera = new Camera(
      {
        name: 'old',
        open: () =>
          of({
            bytes$,
            write: (bytes: Uint8Array) => {
              const said = answer(bytes);
              if (said) clock.schedule(() => bytes$.next(said), 5);
              return EMPTY;
            },
          }),
      },
      { scheduler: clock },
    );
    let error: unknown;
    camera.frames$.pipe(take(1)).subscribe({ error: (e: unknown) => (error = e) });
    clock.pass(5000);
    return error;
  }
  const asksVersion = (bytes: Uint8Array): boolean => bytes[0] === 0x30 && bytes[1] === 0x80;

  it('is told by its version, with what to do', () => {
    const error = opened((bytes) =>
      asksVersion(bytes) ? new Uint8Array(Uint32Array.of(4, 5, 9).buffer) : undefined,
    ) as Error;
    expect(error).toEqual(expect.objectContaining({ code: 'UNSUPPORTED_FIRMWARE' }));
    expect(error.message).toMatch(/4\.5\.9.*5\.0\.0.*update/);
  });

  it.each([
    ['nothing', () => undefined],
    [
      'what is no version',
      (bytes: Uint8Array) => (asksVersion(bytes) ? new TextEncoder().encode('>>> what is this?') : undefined),
    ],
    ['too little', (bytes: Uint8Array) => (asksVersion(bytes) ? Uint8Array.of(4, 0, 0) : undefined)],
  ])('is not suspected where it answers %s', (_, answer) => {
    expect(opened(answer)).toEqual(expect.objectContaining({ code: 'TIMEOUT' }));
  });
});
