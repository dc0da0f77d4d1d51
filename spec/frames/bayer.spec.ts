import { bayerToRgba, type BayerOrder } from '../../lib/frames/bayer.js';
import { random, randomBytes } from '../wire/random.js';

const ORDERS: readonly BayerOrder[] = ['bayer-bggr', 'bayer-gbrg', 'bayer-grbg', 'bayer-rggb'];
const COLOURS = ['r', 'g', 'b'] as const;

/** The colour of the cell's places, read off the name: top left, top right, bottom left, bottom right. */
function colourAt(order: BayerOrder, x: number, y: number): string {
  return order.replace('bayer-', '')[2 * (y & 1) + (x & 1)]!;
}

const reflect = (at: number, size: number) => (size === 1 ? 0 : at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at);

/** Bilinear by its definition: a colour is the mean of the nearest neighbours that have it, in a mirrored picture. */
function reference(data: Uint8Array, width: number, height: number, order: BayerOrder): number[] {
  const out: number[] = [];
  const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy] as const));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (const colour of COLOURS) {
        const having = around.filter(([dx, dy]) => colourAt(order, x + dx, y + dy) === colour);
        const nearest = Math.min(...having.map(([dx, dy]) => dx * dx + dy * dy));
        const values = having
          .filter(([dx, dy]) => dx * dx + dy * dy === nearest)
          .map(([dx, dy]) => data[reflect(y + dy, height) * width + reflect(x + dx, width)]!);
        out.push(Math.floor(values.reduce((sum, value) => sum + value, 0) / values.length + 0.5));
      }
      out.push(255);
    }
  }
  return out;
}

function demosaiced(data: Uint8Array, width: number, height: number, order: BayerOrder): number[] {
  const rgba = new Uint8ClampedArray(4 * width * height);
  bayerToRgba(data, width, height, order, rgba);
  return Array.from(rgba);
}

describe('bayerToRgba', () => {
  const sizes = [
    [2, 2],
    [3, 2],
    [2, 3],
    [3, 3],
    [4, 4],
    [7, 5],
    [16, 9],
  ] as const;
  const cases = ORDERS.flatMap((order) => sizes.map(([width, height]) => [order, width, height] as const));

  it.each(cases)('interpolates bilinearly and mirrors the edges: %s, %d × %d', (order, width, height) => {
    const data = randomBytes(random(width * 100 + height), width * height);
    expect(demosaiced(data, width, height, order)).toEqual(reference(data, width, height, order));
  });

  it.each(ORDERS)('reproduces a picture of one colour exactly: %s', (order) => {
    const [width, height] = [6, 5];
    for (const colour of [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [10, 130, 250],
    ]) {
      const data = Uint8Array.from({ length: width * height }, (_, i) => {
        return colour[COLOURS.indexOf(colourAt(order, i % width, Math.floor(i / width)) as 'r' | 'g' | 'b')]!;
      });
      const want = Array.from({ length: width * height }, () => [...colour, 255]).flat();
      expect(demosaiced(data, width, height, order)).toEqual(want);
    }
  });

  it('matches a cell computed by hand', () => {
    // Blue 10, green 20 and 30, red 40, each seen in all directions by mirroring.
    const data = Uint8Array.of(10, 20, 30, 40);
    const pixel = [40, 25, 10, 255];
    expect(demosaiced(data, 2, 2, 'bayer-bggr')).toEqual([pixel, [40, 20, 10, 255], [40, 30, 10, 255], pixel].flat());
  });

  it.each([
    ['bayer-rggb', [1, 25, 5], [28, 48, 5]],
    ['bayer-bggr', [5, 25, 1], [5, 48, 28]],
    ['bayer-grbg', [10, 1, 40], [45, 5, 50]],
    ['bayer-gbrg', [40, 1, 10], [50, 5, 45]],
  ] as const)('matches a corner and a centre of %s computed by hand', (order, corner, middle) => {
    // Above and below the middle 10 and 80, beside it 40 and 60, across 1, 3, 7 and 100.
    const data = Uint8Array.of(1, 10, 3, 40, 5, 60, 7, 80, 100);
    const rgba = demosaiced(data, 3, 3, order);
    expect([rgba.slice(0, 4), rgba.slice(16, 20)]).toEqual([
      [...corner, 255],
      [...middle, 255],
    ]);
  });

  it('stays inside a picture that is one pixel wide or high', () => {
    for (const order of ORDERS) {
      for (const [width, height] of [
        [1, 1],
        [1, 4],
        [4, 1],
      ] as const) {
        const rgba = demosaiced(new Uint8Array(width * height).fill(99), width, height, order);
        expect(rgba).toEqual(Array.from({ length: width * height }, () => [99, 99, 99, 255]).flat());
      }
    }
  });
});
