import { isOpenMVError } from '../../lib/errors.js';
import { collect, type FarEnd, opening, type Opening, pattern, type Way, written } from './far-end.js';

const MEGABYTE = 1 << 20;

/** What every transport does (lib/transport/transport.ts). `setUp` is called before each test. */
export function transportContract(name: string, setUp: () => Promise<Way>): void {
  describe(`the transport contract, kept by ${name}`, () => {
    let way: Way;
    let openings: Opening[];

    beforeEach(async () => {
      openings = [];
      way = await setUp();
    });

    afterEach(async () => {
      openings.forEach(({ close }) => close());
      await way.dispose();
    });

    const open = (transport = way.transport): Opening => {
      const opened = opening(transport);
      openings.push(opened);
      return opened;
    };
    const joined = async (): Promise<Opening & { near: Awaited<Opening['connection']>; far: FarEnd }> => {
      const opened = open();
      const near = await opened.connection;
      return { ...opened, near, far: await way.farEnd() };
    };

    it('opens nothing before it is subscribed to', async () => {
      way.transport.open();
      const { near, far } = await joined();
      const arrived = collect(far.bytes$);
      near.write(pattern(10));
      expect(await arrived.bytes(10)).toEqual(Buffer.from(pattern(10)));
    });

    it.each([
      ['a few bytes', 10],
      ['1 MB', MEGABYTE],
    ])('carries %s there', async (_, length) => {
      const { near, far } = await joined();
      const arrived = collect(far.bytes$);
      const done = written(near.write(pattern(length)));
      expect(Buffer.compare(await arrived.bytes(length), pattern(length))).toBe(0);
      await done;
    });

    it.each([
      ['a few bytes', 10],
      ['1 MB', MEGABYTE],
    ])('carries %s back, in chunks that it does not touch again', async (_, length) => {
      const { near, far } = await joined();
      const arrived = collect(near.bytes$);
      void far.write(pattern(length));
      expect(Buffer.compare(await arrived.bytes(length), pattern(length))).toBe(0);
    });

    it('sends many small writes in the order they were made, each once', async () => {
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

    it('sends a write that nobody subscribes to, or that is subscribed to late', async () => {
      const { near, far } = await joined();
      const arrived = collect(far.bytes$);
      const write = near.write(pattern(5));
      expect(await arrived.bytes(5)).toEqual(Buffer.from(pattern(5)));
      await written(write);
    });

    it('carries both directions at once', async () => {
      const { near, far } = await joined();
      const there = collect(far.bytes$);
      const back = collect(near.bytes$);
      const length = MEGABYTE / 4;
      const [request, reply] = [pattern(length, 1), pattern(length, 2)];
      for (let i = 0; i < length; i += 4096) {
        near.write(request.subarray(i, i + 4096));
        void far.write(reply.subarray(i, i + 4096));
      }
      expect(Buffer.compare(await there.bytes(length), request)).toBe(0);
      expect(Buffer.compare(await back.bytes(length), reply)).toBe(0);
    });

    it('loses nothing to a far end that does not read for a while', async () => {
      const { near, far } = await joined();
      const arrived = collect(far.bytes$);
      const held = far.hold?.();
      const done = written(near.write(pattern(MEGABYTE)));
      if (held) await new Promise((resolve) => setTimeout(resolve, 50));
      held?.release();
      expect(Buffer.compare(await arrived.bytes(MEGABYTE), pattern(MEGABYTE))).toBe(0);
      await done;
    });

    it('loses nothing to a subscriber that takes its time', async () => {
      const { near, far } = await joined();
      const arrived = collect(near.bytes$);
      near.bytes$.subscribe(() => {
        const until = performance.now() + 1;
        while (performance.now() < until);
      });
      void far.write(pattern(MEGABYTE / 4));
      expect(Buffer.compare(await arrived.bytes(MEGABYTE / 4), pattern(MEGABYTE / 4))).toBe(0);
    });

    it('takes bytes from the port while nobody is subscribed, and drops them', async () => {
      const { near, far } = await joined();
      await far.write(pattern(MEGABYTE));
      const [first, second] = [collect(near.bytes$), collect(near.bytes$)];
      await far.write(pattern(16, 2));
      await Promise.all([first.ending(pattern(16, 2)), second.ending(pattern(16, 2))]);
    });

    it('errors with LINK_LOST in under a second when the far end goes away, and can be opened again', async () => {
      const { near, far, ended, isOver } = await joined();
      let overBefore: boolean | undefined;
      near.bytes$.subscribe({ complete: () => (overBefore = isOver()) });
      const start = performance.now();
      far.close();
      expect(await ended).toMatchObject({ code: 'LINK_LOST' });
      expect(performance.now() - start).toBeLessThan(1000);
      expect(overBefore).toBe(true); // bytes$ completed, and open() had errored before
      await expect(written(near.write(Uint8Array.of(1)))).rejects.toMatchObject({ code: 'LINK_LOST' });
      await way.restore?.();
      const again = await joined();
      const arrived = collect(again.far.bytes$);
      again.near.write(pattern(10));
      expect(await arrived.bytes(10)).toHaveLength(10);
    });

    it('errors with PORT_UNAVAILABLE and its name when it cannot be opened', async () => {
      const error = await open(way.unavailable).ended;
      expect(error).toMatchObject({ code: 'PORT_UNAVAILABLE' });
      expect(isOpenMVError(error) && error.message).toContain(way.unavailable.name);
    });

    it('closes with its subscription and can be opened again at once', async () => {
      for (let round = 0; round < 3; round++) {
        const { near, far, close } = await joined();
        let completed = false;
        near.bytes$.subscribe({ complete: () => (completed = true) });
        const arrived = collect(far.bytes$);
        near.write(pattern(10));
        await arrived.bytes(10);
        close();
        expect(completed).toBe(true);
        await expect(written(near.write(Uint8Array.of(1)))).rejects.toMatchObject({ code: 'LINK_LOST' });
      }
    });

    it('gives up an opening that is unsubscribed from, and can be opened again at once', async () => {
      let emitted = 0;
      for (let round = 0; round < 5; round++)
        way.transport
          .open()
          .subscribe(() => emitted++)
          .unsubscribe();
      const late = emitted;
      const { near, far } = await joined();
      expect(emitted).toBe(late);
      const arrived = collect(near.bytes$);
      await far.write(pattern(10));
      expect(await arrived.bytes(10)).toHaveLength(10);
    });

    it('refuses a second opening, or opens another way', async () => {
      const { near, far } = await joined();
      const second = open();
      if (way.secondOpening === 'refused') {
        expect(await second.ended).toMatchObject({
          code: 'PORT_UNAVAILABLE',
          message: expect.stringContaining('in use') as string,
        });
      } else {
        const other = collect((await way.farEnd()).bytes$);
        (await second.connection).write(Uint8Array.of(2));
        expect([...(await other.bytes(1))]).toEqual([2]);
      }
      const arrived = collect(far.bytes$);
      near.write(Uint8Array.of(1));
      expect([...(await arrived.bytes(1))]).toEqual([1]);
    });
  });
}
