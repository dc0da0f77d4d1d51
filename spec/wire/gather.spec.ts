import { GatherSpace } from '../../lib/wire/decoder.js';

describe('GatherSpace', () => {
  it('returns as many bytes as requested', () => {
    const space = new GatherSpace();
    for (const count of [0, 1, 14, 8182, 65535, 65536, 65537, 200_000]) expect(space.take(count)).toHaveLength(count);
  });

  it('returns the same space again while nothing is kept', () => {
    const space = new GatherSpace();
    const [first, second] = [space.take(100), space.take(50)];
    expect(second.buffer).toBe(first.buffer);
    expect(second.byteOffset).toBe(first.byteOffset);
  });

  it('places kept bytes next to each other, and reuses the rest of the space', () => {
    const space = new GatherSpace();
    const rooms = [20, 30, 40].map((count) => {
      const room = space.take(count);
      space.keep(count - 4);
      return room;
    });
    expect(rooms.map(({ byteOffset }) => byteOffset)).toEqual([0, 16, 42]);
    expect(new Set(rooms.map(({ buffer }) => buffer)).size).toBe(1);
  });

  it('never returns kept bytes again, even when one space is full and the next begins', () => {
    const space = new GatherSpace();
    const kept: Uint8Array[] = [];
    for (let i = 0; i < 300; i++) {
      const room = space.take(1000 + (i % 17));
      room.fill(i & 0xff);
      kept.push(room.subarray(0, 900));
      space.keep(900);
    }
    const overwritten = kept.flatMap((view, i) => (view.every((byte) => byte === (i & 0xff)) ? [] : [i]));
    expect(overwritten).toEqual([]);
    // Five spaces of 64 KB hold 300 times 900 bytes, with what is lost at their ends.
    expect(new Set(kept.map(({ buffer }) => buffer)).size).toBe(5);
  });
});
