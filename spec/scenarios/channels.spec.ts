import { map, Subject, timer } from 'rxjs';
import { Bench } from './test-bench.js';
import { isOpenMVError, json, text, type CameraEvent, type ErrorCode, type WriteProgress } from '../../lib/index.js';
import type { Backend } from '../../lib/device/index.js';
import { Opcode } from '../../lib/operators/index.js';

/** A channel that keeps what is written to it, appended in the order of the calls. */
class Appending implements Backend {
  data = new Uint8Array();
  calls = 0;

  size(): number {
    return this.data.length;
  }

  readp(offset: number, size: number): Uint8Array<ArrayBuffer> {
    return this.data.subarray(offset, offset + size);
  }

  write(_offset: number, data: Uint8Array): number {
    this.calls++;
    this.data = Uint8Array.of(...this.data, ...data);
    return data.length;
  }
}

/** As `Appending`, but each write has its place: fast for a megabyte. */
class Placing extends Appending {
  constructor(length: number) {
    super();
    this.data = new Uint8Array(length);
  }

  override write(offset: number, data: Uint8Array): number {
    this.calls++;
    this.data.set(data, offset);
    return data.length;
  }
}

const pattern = (length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

function codeOf(run: (failed: (error: unknown) => void) => void): ErrorCode | undefined {
  let code: ErrorCode | undefined;
  run((error) => (code = isOpenMVError(error) ? error.code : undefined));
  return code;
}

describe('a channel', () => {
  it.each([
    [512, 498],
    [4096, 4082],
    [8192, 8178],
  ] as const)('of a device with a buffer of %d bytes is read in fragments of %d', (bufferSize, maxPayload) => {
    const bench = new Bench({ bufferSize });
    const data = pattern(3 * maxPayload + 5);
    bench.device.device.register('data', {
      size: () => data.length,
      readp: (offset, size) => data.subarray(offset, offset + size),
    });
    let read: Uint8Array | undefined;
    bench.camera
      .channel('data')
      .read()
      .subscribe((value) => (read = value));
    bench.pass(100);
    expect(read).toEqual(data);
    expect(bench.acknowledged(Opcode.CHANNEL_READ)).toHaveLength(4);
  });

  it.each([1, 10, 4044, 4075, 1_000_000, 1_048_576])(
    'takes a write of %d bytes, in as many pieces as it needs',
    (length) => {
      const bench = new Bench();
      const there = new Placing(length);
      bench.device.device.register('there', there);
      const progress: WriteProgress[] = [];
      let completed = false;
      bench.camera
        .channel('there')
        .write(pattern(length))
        .subscribe({ next: (step) => progress.push(step), complete: () => (completed = true) });
      bench.pass(1000);
      expect(completed).toBe(true);
      expect(Buffer.compare(there.data, pattern(length))).toBe(0);
      expect(there.calls).toBe(Math.ceil(length / 4044));
      expect(progress.at(-1)).toEqual({ sent: length, total: length });
      expect(progress).toHaveLength(there.calls);
    },
  );

  it('does nothing before it is subscribed to, and each subscription does it once', () => {
    const bench = new Bench();
    const there = new Appending();
    bench.device.device.register('there', there);
    const write = bench.camera.channel('there', text).write('a');
    bench.pass(100);
    expect([there.calls, bench.openings]).toEqual([0, 0]);
    write.subscribe();
    write.subscribe();
    bench.pass(100);
    expect(there.calls).toBe(2);
  });

  it('is the first of two of one name, whose events are no events of it', () => {
    const bench = new Bench();
    const value = (...held: number[]) => ({ size: () => held.length, read: () => Uint8Array.from(held) });
    const link = bench.camera.connect();
    const [first, second] = [1, 2].map((held) => bench.device.device.register('twin', value(held)));
    bench.pass(100);
    const seen: string[] = [];
    bench.camera.channel('twin').events$.subscribe(({ event }) => seen.push(`twin ${event}`));
    bench.camera.events$.subscribe(
      ({ kind, channel, event }) => kind === 'channel' && seen.push(`${channel} ${event}`),
    );
    let read: Uint8Array | undefined;
    bench.camera
      .channel('twin')
      .read()
      .subscribe((bytes) => (read = bytes));
    first!.sendEvent(1);
    second!.sendEvent(2);
    bench.pass(100);
    expect(read).toEqual(Uint8Array.of(1));
    expect(seen.sort()).toEqual([`#${second!.id} 2`, 'twin 1', 'twin 1']);
    link.unsubscribe();
  });

  it('keeps the order of operations', () => {
    const bench = new Bench();
    const there = new Appending();
    bench.device.device.register('there', there);
    const channel = bench.camera.channel('there', text);
    let read: string | undefined;
    channel.write('x'.repeat(5000)).subscribe();
    channel.write('y'.repeat(5000)).subscribe();
    channel.read().subscribe((value) => (read = value));
    channel.write('z').subscribe();
    bench.pass(1000);
    expect(read).toBe('x'.repeat(5000) + 'y'.repeat(5000));
    expect(there.data.at(-1)).toBe('z'.charCodeAt(0));
  });

  it('drops what is not yet sent when a write is unsubscribed from, and serves the next', () => {
    const bench = new Bench();
    const there = new Placing(100_000);
    bench.device.device.register('there', there);
    const link = bench.camera.connect();
    bench.pass(100);
    const channel = bench.camera.channel('there');
    const writing = channel.write(pattern(100_000)).subscribe(({ sent }) => {
      if (sent >= 3 * 4044) writing.unsubscribe();
    });
    let size: number | undefined;
    channel.size().subscribe((value) => (size = value));
    bench.pass(1000);
    expect(there.calls).toBe(3);
    expect(size).toBe(100_000);
    link.unsubscribe();
  });

  it('that appears later is waited for', () => {
    const bench = new Bench();
    let read: string | undefined;
    bench.camera
      .channel('late', text)
      .read()
      .subscribe((value) => (read = value));
    bench.pass(1000);
    const value = new TextEncoder().encode('here I am');
    bench.device.device.register('late', {
      size: () => value.length,
      read: (offset, size) => value.subarray(offset, offset + size),
    });
    bench.pass(100);
    expect(read).toBe('here I am');
  });

  it('tells its shape, its readiness, and takes requests', () => {
    const bench = new Bench();
    const requests: [number, number[] | undefined][] = [];
    bench.device.device.register('imu', {
      poll: () => true,
      shape: () => [2, 3],
      ioctl: (request, argument) => void requests.push([request, argument && [...argument]]),
    });
    const channel = bench.camera.channel('imu');
    const seen: unknown[] = [];
    channel.shape().subscribe((shape) => seen.push(shape));
    channel.poll().subscribe((ready) => seen.push(ready));
    channel.ioctl(7).subscribe({ complete: () => seen.push('done') });
    channel.ioctl(8, Uint8Array.of(1, 2)).subscribe({ complete: () => seen.push('done') });
    bench.pass(100);
    expect(seen).toEqual([[2, 3], true, 'done', 'done']);
    expect(requests).toEqual([
      [7, undefined],
      [8, [1, 2]],
    ]);
  });

  describe('value$', () => {
    it('reads at once and after each event, once for all subscribers', () => {
      const bench = new Bench();
      const config = bench.camera.channel('config', json<{ quality: number }>());
      const seen: number[][] = [[], []];
      config.value$.subscribe(({ quality }) => seen[0]!.push(quality));
      config.value$.subscribe(({ quality }) => seen[1]!.push(quality));
      bench.pass(100);
      config.write({ quality: 33 }).subscribe();
      bench.pass(100);
      config.write({ quality: 34 }).subscribe();
      bench.pass(100);
      expect(seen).toEqual([
        [80, 33, 34],
        [80, 33, 34],
      ]);
      expect(bench.sent(Opcode.CHANNEL_READ)).toHaveLength(3);
    });

    it('never has more than one read under way, and reads once more for the events that came meanwhile', () => {
      const bench = new Bench();
      const answers: Subject<Uint8Array>[] = [];
      const slow = bench.device.device.register('slow', {
        size: () => 1,
        read: () => {
          const answer = new Subject<Uint8Array>();
          answers.push(answer);
          return answer;
        },
      });
      const values: number[] = [];
      const link = bench.camera.channel('slow').value$.subscribe(([value]) => values.push(value!));
      bench.pass(100);
      const answer = (value: number): void => {
        answers.at(-1)!.next(Uint8Array.of(value));
        answers.at(-1)!.complete();
      };
      for (let i = 0; i < 5; i++) slow.sendEvent(1).subscribe();
      bench.pass(10);
      expect(answers).toHaveLength(1);
      answer(1);
      bench.pass(50);
      expect(answers).toHaveLength(2);
      answer(2);
      bench.pass(50);
      expect(answers).toHaveLength(2);
      expect(values).toEqual([1, 2]);
      link.unsubscribe();
    });

    it('follows its channel through a reboot of the camera, under another id', () => {
      const bench = new Bench();
      const serve = (value: string) => {
        const data = new TextEncoder().encode(value);
        return {
          size: () => data.length,
          read: (offset: number, size: number) => data.subarray(offset, offset + size),
        };
      };
      const values: string[] = [];
      bench.device.device.register('value', serve('before'));
      bench.camera.channel('value', text).value$.subscribe((value) => values.push(value));
      bench.run();
      bench.camera.stop().subscribe();
      bench.pass(1000);
      bench.device.device.register('another', {});
      bench.device.device.register('value', serve('after'));
      bench.pass(100);
      expect(values).toEqual(['before', 'after']);
    });
  });

  it('hands over its own events and no others, each once', () => {
    const bench = new Bench();
    const mine = bench.device.device.register('mine', {});
    const other = bench.device.device.register('other', {});
    const events: CameraEvent[] = [];
    bench.camera.channel('mine').events$.subscribe((event) => events.push(event));
    bench.pass(100);
    for (const event of [5, 5, 6]) mine.sendEvent(event).subscribe();
    other.sendEvent(7).subscribe();
    mine.sendEvent(8, true).subscribe();
    bench.pass(100);
    expect(events.map(({ channel, event, kind }) => [channel, event, kind])).toEqual(
      [5, 5, 6, 8].map((event) => ['mine', event, 'channel']),
    );
  });

  it('that holds a frame gives each whole frame and tells of the next', () => {
    const bench = new Bench({}, {}, 'drawn');
    const channel = bench.camera.channel('frame');
    const values: Uint8Array[] = [];
    const events: number[] = [];
    channel.events$.subscribe(({ event }) => events.push(event));
    channel.value$.subscribe((value) => values.push(value));
    bench.pass(1000);
    expect(values.length).toBeGreaterThan(10);
    expect(new Set(events)).toEqual(new Set([1]));
    expect(new Set(values.map((value) => Buffer.from(value).toString('base64'))).size).toBe(values.length);
  });

  describe('errors', () => {
    it('NO_SUCH_CHANNEL names what there is', () => {
      const bench = new Bench({}, { commandTimeoutMs: 500 });
      let message = '';
      const code = codeOf((failed) => {
        bench.camera
          .channel('nosuch')
          .read()
          .subscribe({
            error: (error: Error) => {
              ({ message } = error);
              failed(error);
            },
          });
        bench.pass(600);
      });
      expect(code).toBe('NO_SUCH_CHANNEL');
      expect(message).toContain('usb, stdin, stdout, stream, config, frame');
    });

    it.each([
      ['NOT_READABLE', (bench: Bench) => bench.camera.channel('stdin').read()],
      ['NOT_WRITABLE', (bench: Bench) => bench.camera.channel('stdout').write(Uint8Array.of(1))],
      ['NAK', (bench: Bench) => bench.camera.channel('config').shape()],
      ['NAK', (bench: Bench) => bench.camera.channel('config', text).write('{"quality":1000}')],
      ['MALFORMED', (bench: Bench) => bench.camera.channel('frame', json()).read()],
    ] as const)('%s', (code, work) => {
      const bench = new Bench({}, {}, 'drawn');
      const link = bench.camera.connect();
      bench.pass(200);
      expect(
        codeOf((failed) => {
          work(bench).subscribe({ error: failed });
          bench.pass(200);
        }),
      ).toBe(code);
      // And the link goes on.
      let quality: string | undefined;
      bench.camera
        .channel('config', text)
        .read()
        .subscribe((value) => (quality = value));
      bench.pass(100);
      expect(quality).toContain('80');
      link.unsubscribe();
    });

    it('INVALID_ARGUMENT is thrown at the call', () => {
      const { camera } = new Bench();
      expect(() => camera.channel('config').write(new Uint8Array())).toThrow(/empty write/);
      const circular: Record<string, unknown> = {};
      circular['self'] = circular;
      expect(() => camera.channel('config', json()).write(circular)).toThrow(/'config'/);
      expect(() => camera.run('')).toThrow(/must not be empty/);
    });
  });

  it('config: a written quality is read back and seen in the size of the next frames', () => {
    const bench = new Bench({ width: 64, height: 48 }, {}, 'drawn');
    const sizes: number[] = [];
    bench.camera.frames$.subscribe(({ data }) => sizes.push(data.length));
    bench.pass(400);
    const before = Math.max(...sizes);
    const config = bench.camera.channel('config', json<{ quality: number }>());
    let quality: number | undefined;
    config.write({ quality: 5 }).subscribe();
    config.read().subscribe((value) => ({ quality } = value));
    bench.pass(200);
    sizes.length = 0;
    bench.pass(400);
    expect(quality).toBe(5);
    expect(sizes.length).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeLessThan(before * 0.8);
  });
});

describe('a channel that is waited for', () => {
  it('is waited for through a reboot: nothing is reported done that was not', () => {
    const bench = new Bench();
    const done: string[] = [];
    const late = bench.camera.channel('late', text);
    late.write('x').subscribe({ complete: () => done.push('write') });
    late.read().subscribe({ complete: () => done.push('read') });
    late.ioctl(1).subscribe({ complete: () => done.push('ioctl') });
    bench.run();
    bench.camera.stop().subscribe();
    bench.pass(1000);
    expect(done).toEqual([]);
    const calls: string[] = [];
    bench.device.device.register('late', {
      size: () => 1,
      read: () => (calls.push('read'), Uint8Array.of(65)),
      write: () => (calls.push('write'), 1),
      ioctl: () => void calls.push('ioctl'),
    });
    bench.pass(200);
    expect(calls).toEqual(['write', 'read', 'ioctl']);
    expect(done).toEqual(['write', 'read', 'ioctl']);
  });

  it('goes on behind a thousand operations that failed at once', () => {
    const bench = new Bench();
    const slow = new Subject<number>();
    bench.device.device.register('knob', { ioctl: () => slow });
    const channel = bench.camera.channel('knob');
    const link = bench.camera.connect();
    bench.pass(100);
    let failed = 0;
    let completed = false;
    channel.ioctl(1).subscribe();
    for (let i = 0; i < 1000; i++) channel.read().subscribe({ error: () => failed++ });
    channel.ioctl(2).subscribe({ complete: () => (completed = true) });
    bench.pass(10);
    slow.next(0);
    slow.complete();
    bench.pass(100);
    expect([failed, completed]).toEqual([1000, true]);
    link.unsubscribe();
  });
});

describe('arguments', () => {
  it.each([-1, 1.5, 2 ** 40, Number.NaN])('an ioctl refuses %d as a request at the call', (request) => {
    expect(() => new Bench().camera.channel('knob').ioctl(request)).toThrow(/whole number, from 0 to 4294967295/);
  });

  it('a name is cut as the camera cuts it', () => {
    const bench = new Bench();
    bench.device.device.register('temperature_sensor', { size: () => 7 });
    let size: number | undefined;
    bench.camera
      .channel('temperature_sensor')
      .size()
      .subscribe((value) => (size = value));
    bench.pass(100);
    expect(size).toBe(7);
  });

  it('value$ tells of a channel that can not be read that way', () => {
    const bench = new Bench();
    bench.device.device.register('sizeless', { read: () => Uint8Array.of(1) });
    let code: ErrorCode | undefined;
    bench.camera
      .channel('sizeless')
      .value$.subscribe({ error: (error: unknown) => (code = isOpenMVError(error) ? error.code : undefined) });
    bench.pass(100);
    expect(code).toBe('NAK');
  });
});

describe('a camera that takes long for an answer', () => {
  it('is given half of the time that the program allows, before its session is begun anew', () => {
    const bench = new Bench({}, { commandTimeoutMs: 10_000 });
    let calls = 0;
    bench.device.device.register('slow', { size: () => timer(4000, bench.clock).pipe(map(() => ++calls)) });
    let size: number | undefined;
    let resynchronisations = 0;
    bench.camera.trace$.subscribe(({ kind }) => (resynchronisations += kind === 'resynchronised' ? 1 : 0));
    bench.camera
      .channel('slow')
      .size()
      .subscribe((value) => (size = value));
    bench.pass(6000);
    expect([size, calls, resynchronisations]).toEqual([1, 1, 0]);
  });
});
