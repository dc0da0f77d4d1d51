import { crc32 } from 'node:zlib';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  catchError,
  defer,
  filter,
  firstValueFrom,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  of,
  repeat,
  take,
  takeUntil,
  tap,
  timer,
  toArray,
  type Observable,
} from 'rxjs';
import { Camera, type CameraOptions } from '../../../lib/index.js';
import { imuLayout } from '../../../lib/virtual/index.js';
import {
  readRecording,
  record,
  replay,
  type RecordingEntry,
  type Replay,
  type ReplayOptions,
} from '../../../lib/recording/index.js';
import { disk } from '../../../lib/recording/disk.js';
import { channelsMessage, textMessage } from '../../../lib/recording/format/other-messages.js';
import { McapFile } from '../../../lib/recording/record/mcap-file.js';
import { RecordingBench } from '../recording-bench.js';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
const inFolder = (name: string) => join(folder, name);
const captured = (name: string) => new URL(`../../captures/${name}.jsonl`, import.meta.url).pathname;

async function entriesOf(file: string): Promise<RecordingEntry[]> {
  const entries: RecordingEntry[] = [];
  for await (const entry of readRecording(file)) entries.push(entry);
  return entries;
}

/** What a host was told, in the order in which it was told, without times. */
type Told = ['frame', string] | ['text', string] | ['event', string];

const toldBy = (entries: readonly RecordingEntry[]): Told[] =>
  entries.flatMap((entry): Told[] => {
    if (entry.kind === 'frame') return [['frame', Buffer.from(entry.frame.data).toString('hex')]];
    if (entry.kind === 'text') return [['text', entry.text]];
    return entry.kind === 'event' && entry.event.kind === 'channel'
      ? [['event', `${entry.event.channel} ${entry.event.event}`]]
      : [];
  });

const ended = (recording: Replay) => recording.progress$.pipe(filter(({ state }) => state === 'ended'));

/** Plays a recording to a whole camera, and collects what that tells. */
async function play(file: string, options: ReplayOptions = {}, host: CameraOptions = {}): Promise<Told[]> {
  const recording = replay(file, options);
  const camera = new Camera(recording, host);
  const told$ = merge(
    camera.frames$.pipe(map(({ data }): Told => ['frame', Buffer.from(data).toString('hex')])),
    camera.stdout$.pipe(map((text): Told => ['text', text])),
    camera.events$.pipe(
      filter(({ kind }) => kind === 'channel'),
      map(({ channel, event }): Told => ['event', `${channel} ${event}`]),
    ),
  );
  return lastValueFrom(told$.pipe(takeUntil(ended(recording)), toArray()));
}

/** A second and a half of a camera: numbered frames, text, and events between them. */
async function recorded(name: string, framesPerSecond = 20): Promise<string> {
  const bench = new RecordingBench({ framesPerSecond });
  const recording = bench.start({
    durationMs: 1500,
    channels: [{ name: 'config', encoding: 'json' }, 'late', { name: 'imu', layout: imuLayout }],
  });
  await bench.pass(50);
  let value = 0;
  const late = bench.device.device.register('late', {
    size: () => 2,
    readp: () => Uint8Array.of(value, value),
    poll: () => false,
  });
  for (let i = 0; i < 12; i++) {
    await bench.pass(100);
    bench.device.print(`line ${i} – ✓\n`);
    value = i;
    late.sendEvent(i);
  }
  await recording.ended();
  const path = inFolder(name);
  writeFileSync(path, bench.storage.file());
  return path;
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('a replay', () => {
  it.each([['fast'], [20]] as const)(
    'gives a camera the same frames, text and events in order at speed %s',
    async (speed) => {
      const file = await recorded(`same-${speed}.mcap`);
      const expected = toldBy(await entriesOf(file));
      expect(expected.filter(([kind]) => kind === 'frame').length).toBeGreaterThan(20);
      expect(expected.filter(([kind]) => kind === 'text').length).toBe(12);
      expect(expected.filter(([kind]) => kind === 'event').length).toBe(12);
      const told = await play(file, { speed });
      const kind = (wanted: Told[0]) => (all: readonly Told[]) => all.filter(([one]) => one === wanted);
      for (const only of [kind('frame'), kind('text'), kind('event')]) expect(only(told)).toEqual(only(expected));
    },
  );

  it('delivers everything in the single order of the recording at full speed', async () => {
    const file = await recorded('order.mcap');
    expect(await play(file, { speed: 'fast' })).toEqual(toldBy(await entriesOf(file)));
  });

  it('delivers text of any length, without splitting characters', async () => {
    const text = 'Grüße ✓ '.repeat(2500);
    const file = new McapFile(await disk.create(inFolder('long.mcap'), true), crc32);
    await file.begin('spec');
    file.add(channelsMessage([], 0));
    for (const message of [textMessage(text, 1), textMessage('the end\n', 2)]) file.add(message);
    await file.flush();
    await file.end();
    const told = await play(inFolder('long.mcap'), { speed: 'fast' });
    expect(told.map(([, piece]) => piece).join('')).toBe(`${text}the end\n`);
  });

  it("reports the recorded camera's information", async () => {
    const info = await firstValueFrom(new Camera(replay(await recorded('info.mcap'))).info());
    expect(info).toMatchObject({ board: 'OpenMV Cam H7', versions: { firmware: { major: 5 } } });
  });

  it('has the channels of the recording, each with the value that belongs to its event', async () => {
    const file = await recorded('values.mcap');
    const recorder = (await entriesOf(file)).flatMap((entry) =>
      entry.kind === 'value' && entry.channel === 'late' ? [entry.bytes[0]] : [],
    );
    const recording = replay(file, { speed: 'fast' });
    const camera = new Camera(recording);
    const values = await lastValueFrom(
      camera.channel('late').value$.pipe(
        filter(({ length }) => length > 0),
        map(([value]) => value),
        takeUntil(ended(recording)),
        toArray(),
      ),
    );
    expect(recorder.length).toBeGreaterThan(10);
    expect(values).toEqual(recorder);
  });

  it('takes as long as the recording at normal speed', async () => {
    const file = await recorded('own.mcap');
    const at: number[] = [];
    const recording = replay(file);
    const camera = new Camera(recording);
    await lastValueFrom(
      camera.frames$.pipe(
        tap(({ receivedAt }) => at.push(receivedAt)),
        takeUntil(ended(recording)),
      ),
    );
    const original = (await entriesOf(file)).flatMap((entry) => (entry.kind === 'frame' ? [entry.at] : []));
    expect(at).toHaveLength(original.length);
    const lasted = (times: number[]) => times.at(-1)! - times[0]!;
    expect(lasted(at)).toBeGreaterThan(lasted(original) - 150);
    expect(lasted(at)).toBeLessThan(lasted(original) + 2000);
  });

  it('loses no frame if the host is slower than the recording', async () => {
    const file = await recorded('slow.mcap', 50);
    const expected = toldBy(await entriesOf(file)).filter(([kind]) => kind === 'frame');
    const recording = replay(file, { speed: 10 });
    const camera = new Camera(recording);
    const frames: string[] = [];
    const link = camera.connect();
    while (frames.length < expected.length) {
      const { data } = await firstValueFrom(camera.readFrame());
      frames.push(Buffer.from(data).toString('hex'));
      await firstValueFrom(timer(3));
    }
    link.unsubscribe();
    expect(frames).toEqual(expected.map(([, data]) => data));
  });

  it('starts at a given time, with the channel values of that time', async () => {
    const file = await recorded('from.mcap');
    const all = await entriesOf(file);
    const start = all.find((entry) => 'at' in entry)! as { at: number };
    const expected = toldBy(all.filter((entry) => 'at' in entry && entry.at >= start.at + 800));
    expect(await play(file, { speed: 'fast', fromMs: 800 })).toEqual(expected);
    const camera = new Camera(replay(file, { speed: 'step', fromMs: 800 }));
    const [value] = await firstValueFrom(camera.channel('late').read());
    expect(value).toBeGreaterThan(4);
  });

  it('starts again after its end if it loops', async () => {
    const file = await recorded('loop.mcap');
    const first = toldBy(await entriesOf(file)).filter(([kind]) => kind === 'frame');
    const camera = new Camera(replay(file, { speed: 'fast', loop: true }));
    const frames = await firstValueFrom(
      camera.frames$.pipe(
        map(({ data }) => Buffer.from(data).toString('hex')),
        take(2 * first.length + 1),
        toArray(),
      ),
    );
    const data = first.map(([, hex]) => hex);
    expect(frames).toEqual([...data, ...data, data[0]]);
  });

  it.each(['frame-jpeg', 'frame-jpeg-noack', 'loss'])(
    'of the wire capture %s acts as a camera with its frames',
    async (name) => {
      const expected = toldBy(await entriesOf(captured(name))).filter(([kind]) => kind === 'frame');
      expect(expected.length).toBeGreaterThan(1);
      expect((await play(captured(name), { speed: 'fast' })).filter(([kind]) => kind === 'frame')).toEqual(expected);
    },
  );

  it('of the wire capture of a script prints its text, across its reboots', async () => {
    for (const name of ['script', 'soft-reboot']) {
      const text = (told: readonly Told[]) =>
        told.flatMap(([kind, value]) => (kind === 'text' ? [value] : [])).join('');
      const expected = text(toldBy(await entriesOf(captured(name))));
      expect(expected).toContain('script started');
      expect(text(await play(captured(name), { speed: 'fast' }))).toBe(expected);
    }
  });

  it('plays the readable part of a truncated recording, and then reports the damage', async () => {
    const whole = readFileSync(await recorded('cut.mcap'));
    writeFileSync(inFolder('cut.mcap'), whole.subarray(0, whole.length - 3000));
    const recording = replay(inFolder('cut.mcap'), { speed: 'fast' });
    const camera = new Camera(recording);
    const watching = camera.frames$.subscribe();
    const { error, frames } = await firstValueFrom(ended(recording));
    watching.unsubscribe();
    expect(error).toMatchObject({ code: 'TRUNCATED' });
    expect(frames).toBeGreaterThan(10);
  });

  it.each([['fast'], [50]] as const)(
    'at speed %s completes everything that a camera shares after the last entry, and starts again when it is reopened',
    async (speed) => {
      const file = await recorded(`complete-${speed}.mcap`);
      const all = await entriesOf(file);
      const camera = new Camera(replay(file, { speed }));
      const whole$ = <T>(source$: Observable<T>) => lastValueFrom(source$.pipe(toArray()));
      const shared = () =>
        Promise.all([
          whole$(camera.frames$),
          whole$(camera.stdout$),
          whole$(camera.events$),
          whole$(camera.channels$),
          whole$(camera.running$),
          whole$(camera.channel('late').value$),
        ]);
      for (let time = 0; time < 2; time++) {
        const [frames, text] = await shared();
        expect(frames).toHaveLength(all.filter(({ kind }) => kind === 'frame').length);
        expect(text).toHaveLength(12);
        expect(await firstValueFrom(camera.state$)).toMatchObject({
          state: 'closed',
          reason: `${file} has ended`,
        });
      }
    },
  );

  it('gives a loop of readFrame every frame, then errors with LINK_LOST that says that the recording is over', async () => {
    const file = await recorded('loop-of-read-frame.mcap');
    const camera = new Camera(replay(file, { speed: 'fast' }));
    const link = camera.connect();
    let frames = 0;
    const over = await lastValueFrom(
      defer(() => camera.readFrame()).pipe(
        tap(() => frames++),
        repeat(),
        ignoreElements(),
        catchError((error: unknown) => of(error)),
      ),
    );
    link.unsubscribe();
    expect(over).toMatchObject({ code: 'LINK_LOST', message: expect.stringContaining('has ended') as string });
    expect(frames).toBe((await entriesOf(file)).filter(({ kind }) => kind === 'frame').length);
  });

  it.each([['lossless'], ['latest']] as const)('ends a recording of it, with frames %s', async (frames) => {
    const file = await recorded(`source-${frames}.mcap`);
    const copy = inFolder(`copy-${frames}.mcap`);
    const last = await lastValueFrom(record(new Camera(replay(file, { speed: 20 })), { file: copy, frames }));
    const count = async (path: string) => (await entriesOf(path)).filter(({ kind }) => kind === 'frame').length;
    expect(last.frames + last.dropped).toBe(await count(file));
    expect(await count(copy)).toBe(last.frames);
  });

  it('errors on opening if the file is no recording', async () => {
    await expect(firstValueFrom(new Camera(replay(inFolder('none.mcap'))).info())).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
    });
    writeFileSync(inFolder('foreign.mcap'), 'nothing of the kind');
    await expect(firstValueFrom(new Camera(replay(inFolder('foreign.mcap'))).info())).rejects.toMatchObject({
      code: 'MALFORMED',
    });
  });

  it.each([[{ speed: 0 }], [{ speed: 'slow' as 'fast' }], [{ fromMs: -1 }]])('refuses %j at the call', (options) => {
    expect(() => replay('a.mcap', options)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});
