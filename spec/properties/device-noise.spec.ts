import { collectGarbage } from '../wire/collect-garbage.js';
import { DeviceTrial } from './device-trial.js';

/** `DEVICE_SEEDS=7` or `DEVICE_SEEDS=1-500` in the environment runs other seeds. */
const [first = 1, last = first] = (process.env['DEVICE_SEEDS'] ?? '1-200').split('-').map(Number);

const NOISE_BYTES = 10_000_000;
const CHUNK_BYTES = 4096;

/** All that is held, with what stands outside the heap. */
async function heldBytes(): Promise<number> {
  await collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('a Device, whatever its host sends', () => {
  it.each([
    ['10 million random bytes', 0],
    ['10 million random bytes with a sync word among each hundred', 0.01],
  ])(
    'takes %s, holds none of them, and works again',
    async (_, syncs) => {
      const trial = new DeviceTrial(1);
      const before = await heldBytes();
      const { random } = trial;
      for (let sent = 0; sent < NOISE_BYTES; sent += CHUNK_BYTES) {
        const chunk = new Uint8Array(CHUNK_BYTES);
        const view = new DataView(chunk.buffer);
        for (let at = 0; at < CHUNK_BYTES; at += 4) {
          // Four bytes of each number that is drawn.
          view.setUint32(at, random() * 2 ** 32);
          if (syncs > 0 && random() < 4 * syncs) chunk.set([0xaa, 0xd5], at);
        }
        trial.send(chunk);
        if (random() < 0.1) trial.stir();
        if (random() < 0.01) trial.worksAgain();
      }
      trial.worksAgain();
      expect((await heldBytes()) - before).toBeLessThan(NOISE_BYTES / 4);
    },
    60_000,
  );

  it(`takes packets with anything in them, cut anywhere, and works again (seeds ${first} to ${last})`, () => {
    let [packets, naks] = [0, 0];
    for (let seed = first; seed <= last; seed++) {
      const trial = new DeviceTrial(seed, { bufferSize: ([512, 4096, 8192] as const)[seed % 3]! });
      const { random } = trial;
      for (let sent = 0; sent < 150; sent++) {
        trial.sendInChunks(trial.anyPacket(), random() < 0.5 ? 10_000 : 12);
        if (random() < 0.2) trial.stir();
        if (random() < 0.3) trial.pass(random() * 40);
        if (random() < 0.01) trial.pass(8000);
      }
      trial.worksAgain();
      packets += trial.witness.packets;
      naks += trial.witness.naks;
    }
    expect(naks).toBeGreaterThan(20 * (last - first));
    expect(packets - naks).toBeGreaterThan(20 * (last - first));
  }, 60_000);
});
