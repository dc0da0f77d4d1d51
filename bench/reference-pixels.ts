import type { FrameFormat } from 'openmv-rx';

/** A pixel by its definition, one at a time and not rounded: what the library's conversions are judged by. */
export type PixelAt = (x: number, y: number) => readonly [red: number, green: number, blue: number, alpha: number];

export interface Bytes {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** PROTOCOL 8, and what `toRgba` states: top bits repeated, BT.601 in full range, bilinear with mirrored edges. */
export const referencePixels: Readonly<Partial<Record<FrameFormat, (bytes: Bytes) => PixelAt>>> = {
  binary: ({ data, width }) => {
    const words = Math.ceil(width / 32);
    const view = new DataView(data.buffer, data.byteOffset);
    return (x, y) => gray((view.getUint32(4 * (y * words + (x >> 5)), true) >>> (x & 31)) & 1 ? 255 : 0);
  },
  grayscale:
    ({ data, width }) =>
    (x, y) =>
      gray(at(data, y * width + x)),
  rgb565:
    ({ data, width }) =>
    (x, y) => {
      const word = at(data, 2 * (y * width + x)) | (at(data, 2 * (y * width + x) + 1) << 8);
      return [widened(word >> 11, 5), widened((word >> 5) & 63, 6), widened(word & 31, 5), 255];
    },
  argb8:
    ({ data, width }) =>
    (x, y) => {
      const first = 4 * (y * width + x);
      return [at(data, first + 2), at(data, first + 1), at(data, first), at(data, first + 3)];
    },
  yuv422: (bytes) => yuv(bytes, 1, 3),
  yvu422: (bytes) => yuv(bytes, 3, 1),
  'bayer-bggr': (bytes) => bayer(bytes, 'bggr'),
  'bayer-gbrg': (bytes) => bayer(bytes, 'gbrg'),
  'bayer-grbg': (bytes) => bayer(bytes, 'grbg'),
  'bayer-rggb': (bytes) => bayer(bytes, 'rggb'),
};

function at(data: Uint8Array, index: number): number {
  return data[index] as number;
}

function gray(value: number): [number, number, number, number] {
  return [value, value, value, 255];
}

/** The bits, and behind them their top ones again, 8 in all. */
function widened(value: number, bits: number): number {
  return (value << (8 - bits)) | (value >> (2 * bits - 8));
}

function yuv({ data, width }: Bytes, uAt: number, vAt: number): PixelAt {
  const limited = (value: number): number => Math.min(255, Math.max(0, value));
  return (x, y) => {
    const pair = 4 * ((y * width + x) >> 1);
    const luma = at(data, 2 * (y * width + x));
    const [u, v] = [at(data, pair + uAt) - 128, at(data, pair + vAt) - 128];
    const red = luma + 2 * (1 - 0.299) * v;
    const blue = luma + 2 * (1 - 0.114) * u;
    return [limited(red), limited((luma - 0.299 * red - 0.114 * blue) / 0.587), limited(blue), 255];
  };
}

function bayer({ data, width, height }: Bytes, order: string): PixelAt {
  const colourAt = (x: number, y: number): string => order.charAt(2 * (y & 1) + (x & 1));
  const mirrored = (value: number, size: number): number =>
    value < 0 ? -value : value >= size ? 2 * (size - 1) - value : value;
  const mean = (x: number, y: number, colour: string): number => {
    const around = AROUND.filter(([dx, dy]) => colourAt(x + dx, y + dy) === colour);
    const nearest = Math.min(...around.map(([dx, dy]) => dx * dx + dy * dy));
    const values = around
      .filter(([dx, dy]) => dx * dx + dy * dy === nearest)
      .map(([dx, dy]) => at(data, mirrored(y + dy, height) * width + mirrored(x + dx, width)));
    return Math.floor(values.reduce((sum, value) => sum + value, 0) / values.length + 0.5);
  };
  return (x, y) => [mean(x, y, 'r'), mean(x, y, 'g'), mean(x, y, 'b'), 255];
}

const AROUND = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy] as const));
