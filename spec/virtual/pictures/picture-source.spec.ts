import jpeg from 'jpeg-js';
import { encodeWithJpegJs } from '../../../lib/virtual/pictures/encode-jpeg.js';
import { frameNumber } from '../../../lib/virtual/pictures/frame-number.js';
import { defaultPictureSettings, type PictureSettings } from '../../../lib/virtual/pictures/picture-settings.js';
import { PictureSource, type PictureOptions } from '../../../lib/virtual/pictures/picture-source.js';
import { testPattern } from '../../../lib/virtual/pictures/test-pattern.js';
import { parseFrame, type Frame } from '../../../lib/frames/frame.js';
import { toRgba } from '../../../lib/frames/to-rgba.js';
import { decodeFrameHeader } from '../../../lib/wire/payloads/index.js';

const NOT_RAW = { enabled: false, width: 0, height: 0 };
const RAW = { enabled: true, width: 0, height: 0 };
const small: Partial<PictureSettings> = { width: 33, height: 24 };

function sourceOf(options: Partial<PictureOptions> = {}) {
  let encoded = 0;
  const encodeJpeg: PictureOptions['encodeJpeg'] = (...picture) => {
    encoded++;
    return encodeWithJpegJs(...picture);
  };
  const source = new PictureSource({ encodeJpeg, frameSource: undefined, streamBufferBytes: 1 << 20, ...options });
  const bytes = (settings: Partial<PictureSettings>, raw = NOT_RAW, index = 1, sensor = 0) =>
    source.frame({ index, settings: { ...defaultPictureSettings, ...small, ...settings }, sensor }, raw);
  const frame = (...picture: Parameters<typeof bytes>): Frame => parseFrame(new Uint8Array(bytes(...picture)!), 0, 0);
  return { bytes, frame, encoded: () => encoded };
}

/** What is to be seen in a frame, whatever its format. */
function seen(frame: Frame): Uint8Array {
  if (frame.format === 'jpeg') return jpeg.decode(frame.data, { useTArray: true }).data;
  return Uint8Array.from(toRgba(frame));
}

/** The mean of all colours, 0 to 255. */
function brightness(rgba: Uint8Array): number {
  return rgba.reduce((sum, value, at) => sum + (at % 4 === 3 ? 0 : value), 0) / (0.75 * rgba.length);
}

describe('the pictures of a virtual camera', () => {
  it.each(['rgb565', 'grayscale', 'binary', 'jpeg'] as const)(
    'are JPEG without raw mode, of a sensor in %s',
    (format) => {
      const { frame } = sourceOf();
      expect(frame({ format })).toMatchObject({ width: 33, height: 24, format: 'jpeg', fps: 25 });
    },
  );

  it.each(['rgb565', 'grayscale', 'binary'] as const)('are in raw mode what a sensor in %s gives', (format) => {
    const { frame, encoded } = sourceOf();
    const shown = frame({ format }, RAW, 3);
    expect(shown).toMatchObject({ width: 33, height: 24, format });
    expect(encoded()).toBe(0);
    const drawn = testPattern(3, 33, 24);
    const differences = seen(shown).map((value, at) => Math.abs(value - drawn[at]!));
    if (format === 'rgb565') expect(Math.max(...differences)).toBeLessThan(8);
    else expect(brightness(seen(shown))).toBeCloseTo(brightness(drawn), -2);
  });

  it('are compressed in raw mode too where the sensor compresses', () => {
    const { frame } = sourceOf();
    expect(frame({ format: 'jpeg' }, RAW)).toMatchObject({ width: 33, format: 'jpeg' });
    expect(frame({ format: 'png' }, { ...RAW, width: 8, height: 8 })).toMatchObject({ width: 33, format: 'png' });
    expect(frame({ format: 'png' })).toMatchObject({ width: 33, format: 'png' });
  });

  it('have the header that PROTOCOL 8 asks for', () => {
    const { bytes } = sourceOf();
    const header = (settings: Partial<PictureSettings>, raw = NOT_RAW) => {
      const frame = bytes(settings, raw)!;
      const { pixelFormat, size, offset } = decodeFrameHeader(frame);
      return [pixelFormat.toString(16), size, offset, frame.length];
    };
    expect(header({ format: 'rgb565' }, RAW)).toEqual(['c030002', 2, 32, 32 + 2 * 33 * 24]);
    expect(header({ format: 'grayscale' }, RAW)).toEqual(['8020001', 1, 32, 32 + 33 * 24]);
    expect(header({ format: 'binary' }, RAW)).toEqual(['8010000', 0, 32, 32 + 8 * 24]);
    for (const format of ['jpeg', 'png'] as const) {
      const [word, size, offset, length] = header({ format });
      expect([word, offset, Number(length) - 32]).toEqual([format === 'jpeg' ? '6060000' : '6070000', 32, size]);
    }
  });

  it('are scaled down to what raw mode asks for, never up', () => {
    const { frame } = sourceOf();
    expect(frame({}, { enabled: true, width: 16, height: 12 })).toMatchObject({ width: 16, height: 12 });
    expect(frame({}, { enabled: true, width: 640, height: 12 })).toMatchObject({ width: 33, height: 12 });
  });

  it('are JPEG where they do not fit the stream buffer', () => {
    // 33 × 24: 1584 bytes as RGB565, 792 as GRAYSCALE, and their header.
    const wide = sourceOf({ streamBufferBytes: 32 + 1584 });
    expect(wide.frame({}, RAW).format).toBe('rgb565');
    const narrow = sourceOf({ streamBufferBytes: 32 + 1583 });
    expect(narrow.frame({}, RAW).format).toBe('jpeg');
    expect(narrow.frame({ format: 'grayscale' }, RAW).format).toBe('grayscale');
    expect(narrow.frame({ format: 'png' }).format).toBe('jpeg');
  });

  it('are none where not even that fits', () => {
    const { bytes } = sourceOf({ streamBufferBytes: 500 });
    expect(bytes({})).toBeUndefined();
    expect(bytes({ format: 'binary' }, RAW)).toHaveLength(32 + 8 * 24);
  });

  it('are smaller at a lower quality', () => {
    const { frame } = sourceOf();
    expect(frame({ quality: 5 }).data.length).toBeLessThan(frame({ quality: 95 }).data.length);
  });

  it('show no colour of a sensor in grayscale, and only black and white of one in binary', () => {
    const { frame } = sourceOf();
    const gray = seen(frame({ format: 'grayscale' }));
    const colour = seen(frame({ format: 'jpeg' }));
    const spread = (rgba: Uint8Array) =>
      Math.max(
        ...Array.from({ length: rgba.length / 4 }, (_, pixel) => Math.abs(rgba[4 * pixel]! - rgba[4 * pixel + 2]!)),
      );
    expect(spread(gray)).toBeLessThan(10);
    expect(spread(colour)).toBeGreaterThan(150);
    const binary = seen(frame({ format: 'binary', width: 320, quality: 95 }));
    const between = binary.filter((value, at) => at % 4 !== 3 && value > 60 && value < 195).length;
    expect(between / binary.length).toBeLessThan(0.02);
  });

  it('differ from sensor to sensor', () => {
    const { frame } = sourceOf();
    const pictures = [0, 1, 2].map((sensor) => seen(frame({}, RAW, 1, sensor)));
    const difference = (a: Uint8Array, b: Uint8Array) =>
      a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;
    expect(difference(pictures[0]!, pictures[1]!)).toBeGreaterThan(20);
    expect(difference(pictures[1]!, pictures[2]!)).toBeGreaterThan(20);
    expect(difference(pictures[0]!, pictures[2]!)).toBeGreaterThan(20);
  });

  it.each([0, 1, 2])('are the brighter the longer they are exposed, of sensor %d', (sensor) => {
    const { frame } = sourceOf();
    const exposures = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4, 6, 8];
    for (const raw of [NOT_RAW, RAW]) {
      const means = exposures.map((exposure) => brightness(seen(frame({ exposure, quality: 90 }, raw, 1, sensor))));
      means.forEach((mean, index) => {
        if (index > 0) expect(mean).toBeGreaterThan(means[index - 1]!);
      });
      expect(means[0]).toBeLessThan(2);
      expect(means.at(-1)).toBeGreaterThan(180);
    }
  });

  describe('that come again', () => {
    it('have each their own number, and move', () => {
      const { frame } = sourceOf();
      const frames = Array.from({ length: 50 }, (_, index) => frame({}, NOT_RAW, index));
      expect(frames.map(({ data }) => frameNumber(data))).toEqual(frames.map((_, index) => index));
      frames.slice(1).forEach((one, index) => expect(seen(one)).not.toEqual(seen(frames[index]!)));
    });

    it('are encoded once for as long as they look the same', () => {
      const { frame, encoded } = sourceOf();
      const second = (settings: Partial<PictureSettings>) => {
        for (let index = 0; index < 60; index++) frame(settings, NOT_RAW, index);
        return encoded();
      };
      expect(second({})).toBe(20);
      expect(second({ framesPerSecond: 50 })).toBe(20);
      expect(second({ quality: 50 })).toBe(40);
      expect(second({ exposure: 2 })).toBe(60);
      expect(second({ format: 'grayscale' })).toBe(80);
      expect(second({ width: 16 })).toBe(100);
      expect(second({})).toBe(100);
    });

    it('are made as they were after other settings', () => {
      const { frame } = sourceOf();
      const before = frame({}, NOT_RAW, 7).data.slice();
      for (let index = 0; index < 40; index++) frame({ quality: index + 1 }, NOT_RAW, 7);
      expect(frame({}, NOT_RAW, 7).data).toEqual(before);
    });

    it('are handed out as copies', () => {
      const { bytes } = sourceOf();
      bytes({}, RAW)!.fill(0);
      bytes({}, NOT_RAW)!.fill(0);
      expect(decodeFrameHeader(bytes({}, RAW)!).width).toBe(33);
      expect(brightness(seen(sourceOf().frame({}, RAW)))).toBeGreaterThan(50);
    });
  });
});
