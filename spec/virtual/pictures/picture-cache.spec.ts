import { PictureCache } from '../../../lib/virtual/pictures/picture-source.js';

describe('the cache of pictures', () => {
  function cacheOf(capacity: number): { get: (look: string, place: number) => Uint8Array; encoded: string[] } {
    const cache = new PictureCache(capacity);
    const encoded: string[] = [];
    const get = (look: string, place: number) =>
      cache.get(look, place, () => {
        encoded.push(`${look}${place}`);
        return new Uint8Array(10).fill(place);
      });
    return { get, encoded };
  }

  it('has each picture encoded once', () => {
    const { get, encoded } = cacheOf(100);
    const first = get('a', 1);
    expect(get('a', 1)).toBe(first);
    get('a', 2);
    get('b', 1);
    expect(encoded).toEqual(['a1', 'a2', 'b1']);
  });

  it('forgets the cycle that was not asked for the longest', () => {
    const { get, encoded } = cacheOf(40);
    for (const [look, place] of [['a', 1], ['a', 2], ['b', 1], ['a', 1], ['c', 1], ['c', 2]] as const) get(look, place); // prettier-ignore
    encoded.length = 0;
    get('a', 1);
    get('a', 2);
    expect(encoded).toEqual([]);
    get('b', 1);
    expect(encoded).toEqual(['b1']);
  });

  it('keeps what fits of a cycle that alone is too large', () => {
    const { get, encoded } = cacheOf(35);
    for (let round = 0; round < 2; round++) for (const place of [1, 2, 3, 4, 5]) get('a', place);
    expect(encoded).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a4', 'a5']);
  });

  it('gives a picture that is larger than all of it, and keeps none', () => {
    const { get, encoded } = cacheOf(5);
    expect(get('a', 1)).toHaveLength(10);
    get('a', 1);
    expect(encoded).toEqual(['a1', 'a1']);
  });
});
