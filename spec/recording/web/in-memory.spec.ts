import { inMemory, record } from 'openmv-rx/web-recording';
import { of, take } from 'rxjs';
import { readStreamed } from '../mcap-reading.js';
import { frameNumbers, RecordingBench } from '../recording-bench.js';

const bytesOf = async (file: Blob) => new Uint8Array(await file.arrayBuffer());
const append = (text: string) => Buffer.from(text);

describe('a recording in memory', () => {
  it('is a file to download under its name, with every frame once and in order', async () => {
    const storage = inMemory();
    const bench = new RecordingBench();
    const options = { file: 'flight.mcap', storage, maxFrames: 30, chunkBytes: 3000, scheduler: bench.clock };
    await bench.follow(record(bench.camera, options)).ended();
    const [file] = storage.files;
    expect(file!.name).toBe('flight.mcap');
    const { messages, complete } = readStreamed(await bytesOf(file!));
    expect(complete).toBe(true);
    const images = messages.flatMap(({ topic, value }) =>
      topic === '/frames' ? [value as { data: Uint8Array<ArrayBuffer> }] : [],
    );
    expect(frameNumbers(images)).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });

  it('contains frames and text of any Observable, as in Node', async () => {
    const storage = inMemory();
    const bench = new RecordingBench();
    const inputs = { frames: bench.camera.frames$.pipe(take(10)), text: of('hello') };
    await bench.follow(record(inputs, { file: 'clip.mcap', storage, scheduler: bench.clock })).ended();
    const { messages, complete } = readStreamed(await bytesOf(storage.files[0]!));
    expect(complete).toBe(true);
    const topics = messages.map(({ topic }) => topic);
    expect(topics.filter((topic) => topic === '/frames')).toHaveLength(10);
    expect(topics.filter((topic) => topic === '/stdout')).toHaveLength(1);
  });

  it('errors with DISK_FULL at its size limit, and keeps the earlier part readable', async () => {
    const storage = inMemory({ maxBytes: 20_000 });
    const bench = new RecordingBench();
    const options = { file: 'flight.mcap', storage, chunkBytes: 3000, scheduler: bench.clock };
    const { error } = await bench.follow(record(bench.camera, options)).ended();
    expect(error).toMatchObject({ code: 'DISK_FULL', message: expect.stringMatching(/maxBytes/) as string });
    const bytes = await bytesOf(storage.files[0]!);
    expect(bytes.length).toBeLessThanOrEqual(20_000);
    expect(readStreamed(bytes).messages.filter(({ topic }) => topic === '/frames').length).toBeGreaterThan(8);
  });

  it('copies bytes at once, because the caller reuses them', async () => {
    const storage = inMemory();
    const file = await storage.create('a', false);
    const bytes = append('one');
    await file.write(bytes);
    bytes.fill(0);
    await file.write(append('two'));
    expect(await storage.files[0]!.text()).toBe('onetwo');
  });

  it('continues after bytes were cut off', async () => {
    const storage = inMemory();
    const file = await storage.create('a', false);
    await file.write(append('one'));
    await file.write(append('two'));
    await file.truncate(4);
    await file.write(append('!'));
    expect(await storage.files[0]!.text()).toBe('onet!');
  });

  it('counts all of its files, except one that was overwritten', async () => {
    const storage = inMemory({ maxBytes: 10 });
    await (await storage.create('a', false)).write(append('123456'));
    const second = await storage.create('b', false);
    await expect(second.write(append('12345'))).rejects.toMatchObject({ code: 'DISK_FULL' });
    await (await storage.create('a', true)).write(append('1'));
    await second.write(append('123456789'));
    expect(storage.files.map(({ name, size }) => [name, size])).toEqual([
      ['b', 9],
      ['a', 1],
    ]);
  });

  it('overwrites no file unless asked to', async () => {
    const storage = inMemory();
    await storage.create('a', false);
    await expect(storage.create('a', false)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it.each([[0], [-1], [NaN]])('of %d bytes is refused at the call', (maxBytes) => {
    expect(() => inMemory({ maxBytes })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error);
  });
});
