import { encodePacket } from '../../lib/wire/encoder.js';
import { Opcode } from '../../lib/wire/opcode.js';
import { collect, pattern, written } from './far-end.js';
import type { TestBed } from './test-bed.js';

const MEGABYTE = 1 << 20;
const LARGE = pattern(MEGABYTE);

/** What a transport does that carries bytes: all arrive, in order, and a loss shows at once. */
export function byteStreamContract(bed: TestBed): void {
  const { joined } = bed;

  it('transfers 1 MB to the far end', async () => {
    const { near, far } = await joined();
    const arrived = collect(far.bytes$);
    const done = written(near.write(LARGE));
    expect(Buffer.compare(await arrived.bytes(MEGABYTE), LARGE)).toBe(0);
    await done;
  });

  it('transfers 1 MB from the far end, in chunks that it never overwrites', async () => {
    const { near, far } = await joined();
    const arrived = collect(near.bytes$);
    void far.write(LARGE);
    expect(Buffer.compare(await arrived.bytes(MEGABYTE), LARGE)).toBe(0);
  });

  it('sends many small writes in order, each once', async () => {
    const { near, far } = await joined();
    const arrived = collect(far.bytes$);
    const all = pattern(20_000);
    const writes: Promise<void>[] = [];
    for (let i = 0; i < all.length; i += 10) {
      const write = near.write(all.subarray(i, i + 10));
      writes.push(written(write), written(write));
    }
    expect(Buffer.compare(await arrived.bytes(all.length), all)).toBe(0);
    await Promise.all(writes);
    near.write(Uint8Array.of(1));
    expect(await arrived.bytes(all.length + 1)).toHaveLength(all.length + 1);
  });

  it('transfers both directions at once', async () => {
    const { near, far } = await joined();
    const there = collect(far.bytes$);
    const back = collect(near.bytes$);
    const length = MEGABYTE / 4;
    const [request, reply] = [pattern(length, 1), pattern(length, 2)];
    for (let i = 0; i < length; i += 4096) {
      near.write(request.subarray(i, i + 4096));
      void far.write(reply.subarray(i, i + 4096));
      if ((i + 4096) % (bed.way.bothWaysBytes ?? Infinity) === 0)
        await Promise.all([there.bytes(i + 4096), back.bytes(i + 4096)]);
    }
    expect(Buffer.compare(await there.bytes(length), request)).toBe(0);
    expect(Buffer.compare(await back.bytes(length), reply)).toBe(0);
  });

  it('loses nothing if the far end does not read for a while', async () => {
    const { near, far } = await joined();
    const arrived = collect(far.bytes$);
    const held = far.hold?.();
    const done = written(near.write(LARGE));
    if (held) await new Promise((resolve) => setTimeout(resolve, 50));
    held?.release();
    expect(Buffer.compare(await arrived.bytes(MEGABYTE), LARGE)).toBe(0);
    await done;
  });

  it('loses nothing if a subscriber is slow', async () => {
    const { near, far } = await joined();
    const arrived = collect(near.bytes$);
    near.bytes$.subscribe(() => {
      const until = performance.now() + 1;
      while (performance.now() < until);
    });
    void far.write(LARGE.subarray(0, MEGABYTE / 4));
    expect(Buffer.compare(await arrived.bytes(MEGABYTE / 4), LARGE.subarray(0, MEGABYTE / 4))).toBe(0);
  });

  it('reads the port without a subscriber, and drops the bytes', async () => {
    const { near, far } = await joined();
    await far.write(LARGE);
    const [first, second] = [collect(near.bytes$), collect(near.bytes$)];
    await far.write(pattern(16, 2));
    await Promise.all([first.ending(pattern(16, 2)), second.ending(pattern(16, 2))]);
  });

  it('errors with LINK_LOST in under a second when the far end closes, and can be opened again', async () => {
    const { near, far, ended, isOver } = await joined();
    let overBefore: boolean | undefined;
    near.bytes$.subscribe({ complete: () => (overBefore = isOver()) });
    const start = performance.now();
    far.close();
    expect(await ended).toMatchObject({ code: 'LINK_LOST' });
    expect(performance.now() - start).toBeLessThan(1000);
    expect(overBefore).toBe(true); // bytes$ completed, and open() had errored before
    await expect(written(near.write(Uint8Array.of(1)))).rejects.toMatchObject({ code: 'LINK_LOST' });
    await bed.way.restore?.();
    const again = await joined();
    const arrived = collect(again.far.bytes$);
    again.near.write(pattern(10));
    expect(await arrived.bytes(10)).toHaveLength(10);
  });

  it('emits the part of a packet that arrived before the far end closed, and none of it after reopening', async () => {
    const packet = encodePacket({ opcode: Opcode.CHANNEL_READ, payload: pattern(100) });
    const { near, far, ended } = await joined();
    const torn = collect(near.bytes$);
    await far.write(packet.subarray(0, 50));
    expect(await torn.bytes(50)).toEqual(Buffer.from(packet.subarray(0, 50)));
    far.close();
    expect(await ended).toMatchObject({ code: 'LINK_LOST' });
    await bed.way.restore?.();
    const again = await joined();
    const whole = collect(again.near.bytes$);
    await again.far.write(packet);
    expect(await whole.bytes(packet.length)).toEqual(Buffer.from(packet));
  });

  it('errors a write in progress when the far end closes', async () => {
    const { near, far, ended } = await joined();
    far.hold?.();
    const outcome = written(near.write(new Uint8Array(8 * MEGABYTE))).then(
      () => 'handed over',
      (error: unknown) => error,
    );
    far.close();
    expect(await ended).toMatchObject({ code: 'LINK_LOST' });
    const whatever = await outcome;
    if (whatever !== 'handed over') expect(whatever).toMatchObject({ code: 'LINK_LOST' });
  });
}
