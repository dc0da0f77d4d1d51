import { EMPTY, of, Subject, take } from 'rxjs';
import { ChannelFlag, isOpenMVError, Opcode, Camera, type Capabilities, type CameraOptions } from '../../lib/index.js';
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
    bench.pass(500);
    bench.camera.stop().subscribe();
    bench.pass(2000);
    expect(now(bench)).toMatchObject({ ack: false, crc: false });
    bench.camera.run('while True: pass').subscribe();
    bench.pass(2000);
    expect(now(bench)).toMatchObject({ ack: false, crc: false, seq: true });
  });

  it.each([49, 0, 64.5, NaN])('refuses a maxPayload of %p at the call', (maxPayload) => {
    const { bench } = written();
    expect(() => bench.camera.negotiate({ maxPayload })).toThrow(/50/);
  });
});

describe('without sequence numbers', () => {
  it('a write whose reply is lost is not sent again, and its outcome is not known', () => {
    const { bench, notes } = written({ capabilities: { seq: false, ack: false } });
    bench.camera.connect();
    bench.pass(500);
    bench.forget();
    // The device's reply goes nowhere: the port is deaf from the moment that the write goes out.
    let outcome: unknown;
    bench.onSent = () => (bench.deaf = true);
    bench.camera
      .channel('notes')
      .write(Buffer.from('once'))
      .subscribe({ error: (error: unknown) => (outcome = isOpenMVError(error) ? error.code : error) });
    bench.pass(5000);
    expect(outcome).toBe('OUTCOME_UNKNOWN');
    expect(bench.sent(Opcode.CHANNEL_WRITE)).toHaveLength(1);
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
