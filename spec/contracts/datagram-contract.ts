import { firstValueFrom } from 'rxjs';
import { collect, pattern, written } from './far-end.js';
import type { TestBed } from './test-bed.js';

/** A packet with the largest payload that fits a datagram in any usual network (PROTOCOL 12), and its overhead. */
const DATAGRAM_BYTES = 1414;
/** What the system holds for a reader that is busy. */
const AT_ONCE = 20;

/** What a transport does that carries datagrams: one chunk each, whole or not at all, as many as the system has room for. */
export function datagramContract(bed: TestBed): void {
  const { joined } = bed;

  it('sends each write as one datagram, and emits each datagram as one chunk that it never overwrites', async () => {
    const { near, far } = await joined();
    const there = chunks(far.bytes$);
    const back = chunks(near.bytes$);
    for (const length of [1, 10, DATAGRAM_BYTES, 9000]) {
      near.write(pattern(length));
      await far.write(pattern(length, 2));
      expect(await there(length)).toEqual(pattern(length));
      expect(await back(length)).toEqual(pattern(length, 2));
    }
  });

  it('sends many small writes, each once and complete', async () => {
    const { near, far } = await joined();
    const seen: string[] = [];
    far.bytes$.subscribe((chunk) => seen.push(text(chunk)));
    const sent: string[] = [];
    const arrived = collect(far.bytes$);
    for (let i = 0; i < 100 * AT_ONCE; i += AT_ONCE) {
      const writes = Array.from({ length: AT_ONCE }, (_, k) => pattern(10, 1 + i + k));
      sent.push(...writes.map(text));
      await Promise.all(writes.map((bytes) => written(near.write(bytes))));
      await arrived.bytes(sent.length * 10);
    }
    expect(seen.sort()).toEqual(sent.sort());
  });

  it('transfers both directions at once', async () => {
    const { near, far } = await joined();
    const there = collect(far.bytes$);
    const back = collect(near.bytes$);
    for (let i = 1; i <= 50; i++) {
      for (let k = 0; k < AT_ONCE; k++) {
        near.write(pattern(DATAGRAM_BYTES, k));
        void far.write(pattern(DATAGRAM_BYTES, k));
      }
      await Promise.all([there, back].map((end) => end.bytes(i * AT_ONCE * DATAGRAM_BYTES)));
    }
  });

  it('completes a write that the far end does not read', async () => {
    const { near } = await joined();
    for (let i = 0; i < 1000; i++) await written(near.write(pattern(DATAGRAM_BYTES)));
  });

  it("continues after a slow subscriber, and loses at most what exceeds the system's buffer", async () => {
    const { near, far } = await joined();
    const arrived = chunks(near.bytes$);
    const stuck = near.bytes$.subscribe(() => {
      const until = performance.now() + 20;
      while (performance.now() < until);
    });
    for (let i = 0; i < AT_ONCE; i++) await far.write(pattern(DATAGRAM_BYTES, i));
    stuck.unsubscribe();
    await far.write(pattern(10));
    expect(await arrived(10)).toEqual(pattern(10));
  });

  it('refuses a write that no datagram can hold with TOO_LARGE, and continues', async () => {
    const { near, far, isOver } = await joined();
    const arrived = collect(far.bytes$);
    await expect(written(near.write(new Uint8Array(65_536)))).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('65536 bytes') as string,
    });
    expect(isOver()).toBe(false);
    near.write(pattern(10));
    expect(await arrived.bytes(10)).toHaveLength(10);
  });

  it('errors with LINK_LOST on a write to a far end that is gone, and can be opened again', async () => {
    const { near, far, ended, isOver } = await joined();
    let overBefore: boolean | undefined;
    near.bytes$.subscribe({ complete: () => (overBefore = isOver()) });
    const arrived = firstValueFrom(near.bytes$);
    await far.write(pattern(10));
    await arrived;
    far.close();
    while (!isOver()) {
      near.write(Uint8Array.of(1));
      await new Promise(setImmediate);
    }
    expect(await ended).toMatchObject({ code: 'LINK_LOST' });
    expect(overBefore).toBe(true);
    await expect(written(near.write(Uint8Array.of(1)))).rejects.toMatchObject({ code: 'LINK_LOST' });
    await bed.way.restore?.();
    const again = await joined();
    const there = collect(again.far.bytes$);
    again.near.write(pattern(10));
    expect(await there.bytes(10)).toHaveLength(10);
  });
}

/** The next chunk of a length. */
function chunks(bytes$: Parameters<typeof collect>[0]): (length: number) => Promise<Uint8Array> {
  const seen: Uint8Array[] = [];
  let look = (): void => undefined;
  bytes$.subscribe((chunk) => {
    seen.push(chunk);
    look();
  });
  return (length) =>
    new Promise((resolve) => {
      look = () => {
        const at = seen.findIndex((chunk) => chunk.length === length);
        if (at >= 0) resolve(new Uint8Array(seen.splice(at, 1)[0]!));
      };
      look();
    });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
