import { record, saveTo, type WebRecordOptions } from 'openmv-rx/web-recording';
import { tap } from 'rxjs';
import { readStreamed, type ReadMessage } from '../mcap-reading.js';
import { frameNumbers, RecordingBench } from '../recording-bench.js';
import { FakeFile, FakeFolder, refusal } from './fake-folder.js';

const numbersIn = (messages: readonly ReadMessage[]) =>
  frameNumbers(
    messages.filter(({ topic }) => topic === '/frames').map(({ value }) => value as { data: Uint8Array<ArrayBuffer> }),
  );
const first = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Records in virtual time, until it is over. */
function recorded(options: Partial<WebRecordOptions> & Pick<WebRecordOptions, 'storage'>) {
  const bench = new RecordingBench();
  return bench
    .follow(record(bench.camera, { file: 'flight.mcap', scheduler: bench.clock, maxFrames: 20, ...options }))
    .ended();
}

describe('a recording to a file that the user selected', () => {
  it('is complete when it is closed, and not visible before', async () => {
    const file = new FakeFile('chosen.mcap');
    const bench = new RecordingBench();
    const lengths: number[] = [];
    const recording$ = record(bench.camera, {
      file: 'chosen.mcap',
      storage: saveTo(file),
      maxFrames: 20,
      chunkBytes: 1,
      scheduler: bench.clock,
    });
    await bench.follow(recording$.pipe(tap(() => lengths.push(file.bytes.length)))).ended();
    expect(lengths.length).toBeGreaterThan(20);
    expect(new Set(lengths)).toEqual(new Set([0, file.bytes.length]));
    expect(lengths.indexOf(file.bytes.length)).toBe(lengths.length - 1);
    const { messages, complete } = readStreamed(file.bytes);
    expect(complete).toBe(true);
    expect(numbersIn(messages)).toEqual(first(20));
  });

  it('opens nothing before it is subscribed to', () => {
    const file = new FakeFile('chosen.mcap');
    record(new RecordingBench().camera, { file: 'a.mcap', storage: saveTo(file) });
    expect(file.writers).toBe(0);
  });

  it('does not touch a file that is not empty, unless it may overwrite it', async () => {
    const file = new FakeFile('precious.mcap');
    file.bytes = Buffer.from('precious');
    const { error } = await recorded({ storage: saveTo(file) });
    expect(error).toMatchObject({ code: 'FILE_EXISTS' });
    expect(Buffer.from(file.bytes).toString()).toBe('precious');
    expect((await recorded({ storage: saveTo(file), overwrite: true })).error).toBeUndefined();
    expect(readStreamed(file.bytes).complete).toBe(true);
  });

  it("can't be split", () => {
    const options = { file: 'a.mcap', storage: saveTo(new FakeFile('a.mcap')), split: { bytes: 1000 } };
    expect(() => record(new RecordingBench().camera, options)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/folder/) as string,
      }) as Error,
    );
  });

  it.each([
    ['NotAllowedError', 'FILE_UNAVAILABLE', /permission is denied.*in a click handler/],
    ['NoModificationAllowedError', 'FILE_UNAVAILABLE', /another program is writing/],
    ['QuotaExceededError', 'DISK_FULL', /quota is used up/],
  ])('errors if the browser refuses with %s: %s', async (name, code, message) => {
    const file = new FakeFile('chosen.mcap');
    file.refuses = refusal(name);
    const { error } = await recorded({ storage: saveTo(file) });
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('says on a full disk that it may be lost, because the browser discards it', async () => {
    const file = new FakeFile('chosen.mcap');
    file.capacity = 10_000;
    const { error } = await recorded({ storage: saveTo(file), chunkBytes: 1 });
    expect(error).toMatchObject({ code: 'DISK_FULL', message: expect.stringMatching(/may be lost/) as string });
    expect(file.bytes).toHaveLength(0);
  });
});

describe('a recording to a folder', () => {
  it('is a file with the given name', async () => {
    const folder = new FakeFolder();
    await recorded({ storage: saveTo(folder) });
    expect([...folder.files.keys()]).toEqual(['flight.mcap']);
    expect(numbersIn(readStreamed(folder.files.get('flight.mcap')!.bytes).messages)).toEqual(first(20));
  });

  it('is split into complete files, and keeps those from before the disk was full', async () => {
    const folder = new FakeFolder();
    const { last } = await recorded({ storage: saveTo(folder), split: { bytes: 12_000 }, chunkBytes: 1 });
    expect(last.files).toBeGreaterThan(2);
    const whole = [...folder.files.values()].map(({ bytes }) => readStreamed(bytes));
    expect(whole.map(({ complete }) => complete)).toEqual(whole.map(() => true));
    expect(whole.flatMap(({ messages }) => numbersIn(messages))).toEqual(first(20));
  });

  it('does not touch an existing file, unless it may overwrite it', async () => {
    const folder = new FakeFolder();
    await folder.getFileHandle('flight.mcap', { create: true });
    expect((await recorded({ storage: saveTo(folder) })).error).toMatchObject({ code: 'FILE_EXISTS' });
    expect((await recorded({ storage: saveTo(folder), overwrite: true })).error).toBeUndefined();
  });

  it("errors for an invalid name, with the browser's message", async () => {
    const { error } = await recorded({ storage: saveTo(new FakeFolder()), file: 'a/b.mcap' });
    expect(error).toMatchObject({
      code: 'FILE_UNAVAILABLE',
      message: expect.stringContaining('Name is not allowed') as string,
    });
  });
});

describe('saveTo', () => {
  it.each([[undefined], [{}], [{ kind: 'socket' }]])('refuses %j at the call', (place) => {
    expect(() => saveTo(place as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});

describe('record in a page', () => {
  it('refuses to record without a target', () => {
    const options = { file: 'a.mcap' } as WebRecordOptions;
    expect(() => record(new RecordingBench().camera, options)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('storage') as string,
      }) as Error,
    );
  });
});
