import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Camera, type Frame } from 'openmv-rx';
import { VirtualCamera } from 'openmv-rx/virtual';
import { recordMotion } from '../../samples/recipes/motion-recorder.js';
import { upload, type Uploaded } from '../../samples/recipes/upload.js';
import { readStreamed } from '../recording/mcap-reading.js';
import { numbered, numberOf, RecordingBench } from '../recording/recording-bench.js';

const TIMEOUT_MS = 30_000;

it.each(['motion-recorder', 'upload'])('the recipe %s is shorter than 40 lines', (name) => {
  expect(readFileSync(`samples/recipes/${name}.ts`, 'utf8').split('\n').length - 1).toBeLessThan(40);
});

describe('the motion recorder', () => {
  it('has every frame from two seconds before the motion to three seconds after it, each with its own time', async () => {
    let published = 0;
    const moved = 100;
    const bench: RecordingBench = new RecordingBench({
      framesPerSecond: 25,
      frameSource: () => {
        const picture = numbered(published++);
        return published === moved + 1 ? Uint8Array.of(...picture, ...new Uint8Array(3000)) : picture;
      },
    });
    bench.clock.pass(1_700_000_000_000);
    bench.slowDisk(100);
    const received: Frame[] = [];
    const watching = bench.camera.frames$.subscribe((frame) => received.push(frame));
    const { clock: scheduler, storage } = bench;
    const options = { file: 'motion.mcap', scheduler, storage, chunkBytes: 3000 };
    const recorded = await bench.follow(recordMotion(bench.camera, options)).ended();
    watching.unsubscribe();
    expect(recorded.completed).toBe(true);

    const timeOf = (number: number) => received.find(({ data }) => numberOf(data) === number)!.receivedAt;
    // The two seconds end with the last frame before the motion.
    const [from, to] = [timeOf(moved - 1) - 2000, timeOf(moved) + 3000];
    const clip = received.filter(({ receivedAt: at }) => at >= from && at < to);
    const { messages } = readStreamed(storage.file('motion.mcap'));
    const images = messages.filter(({ topic }) => topic === '/frames');
    const inFile = images.map(({ value, logTime }) => ({
      number: numberOf((value as { data: Uint8Array }).data),
      at: Number(logTime / 1000n) / 1000,
    }));
    expect(inFile).toEqual(clip.map(({ data, receivedAt: at }) => ({ number: numberOf(data), at })));
    expect(inFile.length).toBeGreaterThan(115);
    expect(inFile[0]!.number).toBeGreaterThan(moved - 53);
    expect(inFile.map(({ number }) => number)).toEqual(inFile.map((_, index) => inFile[0]!.number + index));
  });
});

describe('the upload', () => {
  it(
    'retries, sends one frame at a time, and drops and counts what a slow server has no time for',
    async () => {
      const taken: number[] = [];
      let [requests, underWay, most] = [0, 0, 0];
      const server = createServer((request, response) => {
        const number = ++requests;
        most = Math.max(most, ++underWay);
        const answer = async (): Promise<void> => {
          // It fails at first and is slow later.
          const isDown = number <= 2;
          await setTimeout(isDown ? 0 : 300);
          underWay--;
          if (!isDown) taken.push(Number(request.headers['x-frame']));
          response.writeHead(isDown ? 503 : 200).end('ok');
        };
        request.resume().on('end', () => void answer());
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const camera = new Camera(new VirtualCamera({ framesPerSecond: 200, width: 160, height: 120 }).transport());
      const received: number[] = [];
      const watching = camera.frames$.subscribe(({ index }) => received.push(index));
      let due = 0;
      const progress: Uploaded[] = [];
      for await (const uploaded of upload(camera, url, 1)) {
        progress.push(uploaded);
        due = received.filter((index) => index >= taken[0]! && (index - taken[0]!) % 10 === 0).length;
        if (uploaded.dropped > 5) break;
      }
      const last = progress.at(-1)!;
      expect(progress[0]).toMatchObject({ sent: 1, retries: 2, failed: 0 });
      expect(last).toMatchObject({ sent: taken.length, retries: 2, failed: 0 });
      expect(requests).toBe(taken.length + 2);
      expect(most).toBe(1);
      expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
      expect(taken.every((index) => index % 10 === taken[0]! % 10)).toBe(true);
      // Every other tenth frame was dropped and counted, or waits: nothing piles up.
      const waiting = due - last.sent - last.dropped;
      expect(waiting).toBeGreaterThanOrEqual(0);
      expect(waiting).toBeLessThanOrEqual(3);
      watching.unsubscribe();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    TIMEOUT_MS,
  );
});
