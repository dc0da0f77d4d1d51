import { firstValueFrom } from 'rxjs';
import { isOpenMVError } from '../../lib/errors.js';
import { byteStreamContract } from './byte-stream-contract.js';
import { datagramContract } from './datagram-contract.js';
import { collect, pattern, type Way, written } from './far-end.js';
import { testBed } from './test-bed.js';

/**
 * What every transport does (lib/transport/transport.ts). `setUp` is called before each test.
 *
 * @param carries `bytes`: all of them, in order, and each end learns at once that the other has gone. `datagrams`: each as
 * it was written, or not at all, in no order that could be counted on, and who does not write learns nothing.
 */
export function transportContract(
  name: string,
  setUp: () => Promise<Way>,
  carries: 'bytes' | 'datagrams' = 'bytes',
): void {
  describe(`the transport contract, implemented by ${name}`, () => {
    const bed = testBed(setUp);
    const { open, joined } = bed;

    it('opens nothing before it is subscribed to', async () => {
      bed.way.transport.open();
      const { near, far } = await joined();
      const arrived = collect(far.bytes$);
      near.write(pattern(10));
      expect(await arrived.bytes(10)).toEqual(Buffer.from(pattern(10)));
    });

    it('transfers a few bytes in each direction', async () => {
      const { near, far } = await joined();
      const there = collect(far.bytes$);
      const back = collect(near.bytes$);
      await written(near.write(pattern(10)));
      expect(await there.bytes(10)).toEqual(Buffer.from(pattern(10)));
      await far.write(pattern(10, 2));
      expect(await back.bytes(10)).toEqual(Buffer.from(pattern(10, 2)));
    });

    it('sends a write once, even if nobody subscribes to it or somebody subscribes late', async () => {
      const { near, far } = await joined();
      const arrived = collect(far.bytes$);
      const write = near.write(pattern(5));
      expect(await arrived.bytes(5)).toEqual(Buffer.from(pattern(5)));
      await Promise.all([written(write), written(write)]);
      near.write(Uint8Array.of(1));
      expect(await arrived.bytes(6)).toEqual(Buffer.of(...pattern(5), 1));
    });

    it('emits every chunk to each of two subscribers, and none after unsubscribe', async () => {
      const { near, far } = await joined();
      const [first, second] = [collect(near.bytes$), collect(near.bytes$)];
      let seen = 0;
      const leaving = near.bytes$.subscribe((chunk) => (seen += chunk.length));
      await far.write(pattern(16, 1));
      expect(await first.bytes(16)).toEqual(Buffer.from(pattern(16, 1)));
      leaving.unsubscribe();
      await far.write(pattern(16, 2));
      for (const subscriber of [first, second])
        expect(await subscriber.bytes(32)).toEqual(Buffer.concat([pattern(16, 1), pattern(16, 2)]));
      expect(seen).toBe(16);
    });

    it("errors with PORT_UNAVAILABLE and its name each time it can't be opened", async () => {
      const { unavailable } = bed.way;
      for (let round = 0; round < 2; round++) {
        const error = await open(unavailable).ended;
        expect(error).toMatchObject({ code: 'PORT_UNAVAILABLE' });
        expect(isOpenMVError(error) && error.message).toContain(unavailable.name);
      }
    });

    it('closes on unsubscribe, and can be opened again at once', async () => {
      for (let round = 0; round < 3; round++) {
        const { near, far, close } = await joined();
        let completed = false;
        near.bytes$.subscribe({ complete: () => (completed = true) });
        const arrived = collect(far.bytes$);
        near.write(pattern(10));
        await arrived.bytes(10);
        close();
        expect(completed).toBe(true);
        await expect(written(near.write(Uint8Array.of(1)))).rejects.toMatchObject({
          code: 'LINK_LOST',
          message: `${bed.way.transport.name} was closed`,
        });
        await far.left;
      }
    });

    it('completes an empty write, and emits no empty chunk', async () => {
      const { near, far } = await joined();
      const arrived = collect(near.bytes$);
      const lengths: number[] = [];
      near.bytes$.subscribe(({ length }) => lengths.push(length));
      await written(near.write(new Uint8Array()));
      await far.write(new Uint8Array());
      await far.write(pattern(10));
      expect(await arrived.bytes(10)).toEqual(Buffer.from(pattern(10)));
      expect(lengths).not.toContain(0);
    });

    it('emits nothing more when it is closed while it emits a chunk', async () => {
      const { near, far, close } = await joined();
      let chunks = 0;
      const done = new Promise<void>((resolve) => {
        near.bytes$.subscribe({
          next: () => {
            chunks++;
            close();
          },
          complete: resolve,
        });
      });
      for (let i = 0; i < 5; i++) void far.write(pattern(1000)).catch(() => undefined);
      await done;
      await new Promise(setImmediate);
      expect(chunks).toBe(1);
    });

    it('can be closed while it emits its connection, and be opened again', async () => {
      const connection = await firstValueFrom(bed.way.transport.open());
      let completed = false;
      connection.bytes$.subscribe({ complete: () => (completed = true) });
      expect(completed).toBe(true);
      await expect(written(connection.write(Uint8Array.of(1)))).rejects.toMatchObject({ code: 'LINK_LOST' });
      await bed.way.farEnd();
      const { near, far } = await joined();
      const arrived = collect(far.bytes$);
      near.write(pattern(10));
      expect(await arrived.bytes(10)).toHaveLength(10);
    });

    it('cancels an opening at any moment, and can be opened again at once', async () => {
      let emitted = 0;
      for (let turns = 0; turns < 6; turns++) {
        const before = emitted;
        const given = bed.way.transport.open().subscribe(() => emitted++);
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
        given.unsubscribe();
        if (emitted > before) await bed.way.farEnd();
      }
      const late = emitted;
      const { near, far } = await joined();
      expect(emitted).toBe(late);
      const arrived = collect(near.bytes$);
      await far.write(pattern(10));
      expect(await arrived.bytes(10)).toHaveLength(10);
    });

    it('refuses a second opening, or opens a second connection', async () => {
      const { near, far } = await joined();
      const second = open();
      if (bed.way.secondOpening === 'refused') {
        expect(await second.ended).toMatchObject({
          code: 'PORT_UNAVAILABLE',
          message: expect.stringContaining('in use') as string,
        });
      } else {
        const connection = await second.connection;
        const other = collect((await bed.way.farEnd()).bytes$);
        connection.write(Uint8Array.of(2));
        expect([...(await other.bytes(1))]).toEqual([2]);
      }
      const arrived = collect(far.bytes$);
      near.write(Uint8Array.of(1));
      expect([...(await arrived.bytes(1))]).toEqual([1]);
    });

    if (carries === 'bytes') byteStreamContract(bed);
    else datagramContract(bed);
  });
}
