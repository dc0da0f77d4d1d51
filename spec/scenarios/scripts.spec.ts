import { NEVER } from 'rxjs';
import { json, type CameraEvent, type CameraState, type WriteProgress } from '../../lib/index.js';
import { Bench } from './test-bench.js';

function started(bench: Bench): { states: CameraState['state'][]; events: CameraEvent['kind'][]; text: () => string } {
  const states: CameraState['state'][] = [];
  const events: CameraEvent['kind'][] = [];
  let text = '';
  bench.camera.state$.subscribe(({ state }) => states.push(state));
  bench.camera.events$.subscribe({ next: ({ kind }) => events.push(kind), error: () => undefined });
  bench.camera.stdout$.subscribe({ next: (piece) => (text += piece), error: () => undefined });
  bench.pass(100);
  return { states, events, text: () => text };
}

describe('scripts', () => {
  it('run() stops what runs, uploads, and completes when the script has started', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const seen = started(bench);
    const progress: WriteProgress[] = [];
    let completed = false;
    const script = 'print("Grüße ✓")\nwhile True: pass\n';
    bench.camera.run(script).subscribe({ next: (step) => progress.push(step), complete: () => (completed = true) });
    bench.pass(1000);
    expect(completed).toBe(true);
    const bytes = new TextEncoder().encode(script).length;
    expect(progress).toEqual([{ sent: bytes, total: bytes }]);
    expect(seen.events.filter((kind) => kind.startsWith('s'))).toEqual(['script-started']);
    expect(seen.text()).toContain('Grüße ✓');
  });

  it('run() waits for the reboot behind a script that a host has sent, and for none behind the camera’s own', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const seen = started(bench);
    bench.run();
    expect(seen.states).toEqual(['closed', 'opening', 'opening', 'ready']);
    bench.run();
    expect(seen.states.slice(4)).toEqual(['rebooting', 'ready']);
    expect(seen.events.filter((kind) => kind.startsWith('s'))).toEqual([
      'script-started',
      'script-ended',
      'soft-reboot',
      'script-started',
    ]);
  });

  it('run() twenty times in a row while the one before still runs, each ends with that script running', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const seen = started(bench);
    for (let i = 0; i < 20; i++) {
      let completed = false;
      bench.camera.run(`print("script ${i}.")\nwhile True: pass\n`).subscribe({ complete: () => (completed = true) });
      bench.pass(1000);
      expect(completed).toBe(true);
      expect(seen.text()).toContain(`script ${i}.`);
    }
  });

  it('a script longer than a packet is uploaded in pieces', () => {
    const bench = new Bench({ stdoutIntervalMs: false, bufferSize: 512 });
    const seen = started(bench);
    const script = `${'# a comment\n'.repeat(200)}print("the end")\nwhile True: pass\n`;
    let pieces = 0;
    bench.camera.run(script).subscribe(() => pieces++);
    bench.pass(1000);
    expect(pieces).toBe(Math.ceil(script.length / 460));
    expect(seen.text()).toContain('the end');
  });

  it('a script that ends at once has run, and the camera is back', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const seen = started(bench);
    let completed = false;
    bench.camera.run('print("short")').subscribe({ complete: () => (completed = true) });
    bench.pass(1000);
    expect(completed).toBe(true);
    expect(seen.text()).toContain('short');
    expect(seen.states.at(-1)).toBe('ready');
  });

  it('stop() completes when the reboot is over, and at once when nothing runs', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const { states } = started(bench);
    bench.run();
    let stops = 0;
    bench.camera.stop().subscribe({ complete: () => stops++ });
    bench.pass(50);
    expect([stops, states.at(-1)]).toEqual([0, 'rebooting']);
    bench.pass(500);
    expect([stops, states.at(-1)]).toEqual([1, 'ready']);
    bench.camera.stop().subscribe({ complete: () => stops++ });
    bench.pass(50);
    expect([stops, states.at(-1)]).toEqual([2, 'ready']);
  });
});

describe('the main script of a camera', () => {
  it('is stopped without a reboot: session and channels stay, and so does what is subscribed to', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const { states, events } = started(bench);
    const values: unknown[] = [];
    bench.camera.channel('config', json<{ quality: number }>()).value$.subscribe((value) => values.push(value.quality));
    bench.pass(500);
    const before = [states.length, events.length];
    let end = 'pending';
    bench.camera.stop().subscribe({ complete: () => (end = 'done'), error: () => (end = 'error') });
    bench.pass(1000);
    expect(end).toBe('done');
    expect([states.length, events.length]).toEqual(before);
    bench.device.adjust({ quality: 5 });
    bench.pass(100);
    expect(values).toEqual([80, 5]);
  });

  it('was stopped: run() runs, and frames come again', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const seen = started(bench);
    let frames = 0;
    bench.camera.frames$.subscribe(() => frames++);
    bench.camera.stop().subscribe();
    bench.pass(2000);
    frames = 0;
    bench.pass(1000);
    expect(frames).toBe(0);
    bench.run('print("mine")\nwhile True: pass');
    expect(seen.text()).toMatch(/^mine\r\n/);
    expect(frames).toBeGreaterThan(5);
    expect(seen.events).not.toContain('soft-reboot');
  });

  it('is stopped twice at once, and the second time nothing runs', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const { states } = started(bench);
    let stops = 0;
    for (let i = 0; i < 2; i++) bench.camera.stop().subscribe({ complete: () => stops++ });
    bench.pass(2000);
    expect([stops, states.at(-1)]).toEqual([2, 'ready']);
  });
});

describe('stdout$', () => {
  it('is complete and in order, its multi-byte characters whole', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const seen = started(bench);
    let printed = '';
    const characters = ['ä', '✓', '𝄞', 'x', '—'];
    for (let line = 0; line < 300; line++) {
      const text = `${line} ${characters[line % 5]!.repeat(1 + (line % 40))}\n`;
      printed += text.replaceAll('\n', '\r\n');
      bench.device.print(text);
      bench.pass(20);
    }
    bench.pass(200);
    expect(seen.text()).toBe(printed);
  });

  it('is not read while nobody listens, and what the camera still has comes to the one who does', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const link = bench.camera.connect();
    bench.pass(100);
    bench.device.print('kept\n');
    bench.pass(1000);
    let text = '';
    bench.camera.stdout$.subscribe((piece) => (text += piece));
    bench.pass(100);
    expect(text).toBe('kept\r\n');
    link.unsubscribe();
  });

  it('leaves the marker of a frame that was too large out, and tells it as an event', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const seen = started(bench);
    bench.device.print('a\u001b[40O\nb');
    bench.pass(200);
    expect(seen.text().replaceAll('\r', '')).toBe('ab');
    expect(seen.events.filter((kind) => kind === 'frame-too-large')).toHaveLength(1);
  });

  it('reports that event as any other: to the subscribers of the channel first', () => {
    const bench = new Bench({ stdoutIntervalMs: false });
    const seen: string[] = [];
    bench.camera.events$.subscribe(({ kind }) => seen.push(`camera ${kind}`));
    bench.camera.channel('stdout').events$.subscribe(({ kind }) => seen.push(`channel ${kind}`));
    started(bench);
    bench.device.print('a\u001b[40O\nb');
    bench.pass(200);
    expect(seen.filter((kind) => kind.endsWith('text-ready')).slice(0, 2)).toEqual([
      'channel text-ready',
      'camera text-ready',
    ]);
    expect(seen.filter((kind) => kind.endsWith('frame-too-large'))).toEqual([
      'channel frame-too-large',
      'camera frame-too-large',
    ]);
  });
});

describe('two runs at once', () => {
  it('are done one after the other, and each completes when its own script has started', () => {
    const ran: string[] = [];
    const bench = new Bench({
      stdoutIntervalMs: false,
      runScript: (source) => {
        ran.push(source);
        return NEVER;
      },
    });
    started(bench);
    const completed: string[] = [];
    for (const name of ['A', 'B']) {
      bench.camera.run(name).subscribe({ complete: () => completed.push(`${name} after ${ran.join('')}`) });
    }
    bench.pass(3000);
    expect(ran).toEqual(['A', 'B']);
    expect(completed).toEqual(['A after A', 'B after AB']);
  });

  it('a script that was sent and then lost sight of is not reported as failed: nobody knows', () => {
    const bench: Bench = new Bench(
      {
        stdoutIntervalMs: false,
        runScript: () => {
          bench.unplug(new Error('pulled'));
          return NEVER;
        },
      },
      { reconnect: 'never' },
    );
    const { states } = started(bench);
    let error: unknown;
    bench.camera.run('A').subscribe({ error: (thrown: unknown) => (error = thrown) });
    for (let ms = 0; ms < 3000 && error === undefined; ms++) bench.pass(1);
    expect(states.at(-1)).toBe('closed');
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});
